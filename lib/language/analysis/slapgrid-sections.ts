/**
 * The sections that a SlapOS node appends to every instance's profile before buildout reads it
 * (slapos.core, `slapos/grid/templates/buildout-tail.cfg.in`), with what each option is.
 */
export const SLAPGRID_SECTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "slap-connection": {
    "computer-id": "Reference of the node.",
    "partition-id": "Reference of the partition, such as `slappart0`.",
    "server-url": "Address of the master.",
    "key-file": "Path of the partition's key.",
    "cert-file": "Path of the partition's certificate.",
    "software-release-url": "Address of the software release.",
    "requested-state": "State that is asked for: `started`, `stopped` or `destroyed`.",
    "shared-part-list": "Directories of shared parts.",
    "build-time-part-list": "Directories of parts that were there when the software was built.",
    "slapgrid-version": "Version of slapos.core.",
  },
  slap_connection: {
    computer_id: "Older name of `slap-connection:computer-id`.",
    partition_id: "Older name of `slap-connection:partition-id`.",
    server_url: "Older name of `slap-connection:server-url`.",
    key_file: "Older name of `slap-connection:key-file`.",
    cert_file: "Older name of `slap-connection:cert-file`.",
    software_release_url: "Older name of `slap-connection:software-release-url`.",
  },
  "slap-network-information": {
    "local-ipv4": "Local IPv4 address of the partition.",
    "global-ipv6": "Global IPv6 address of the partition.",
    "network-interface": "Network interface of the partition.",
    "tap-network-interface": "Tap interface of the partition.",
    "tap-ipv4": "IPv4 address of the tap interface.",
    "tap-gateway": "Gateway of the tap interface.",
    "tap-netmask": "Netmask of the tap interface.",
    "tap-network": "Network of the tap interface.",
    "global-ipv4-network": "IPv4 network of the node.",
  },
  "network-information": {
    "global-ipv4-network": "IPv4 network of the node.",
  },
  // What the profile that switches between software types has read, handed on to theirs (switch-softwaretype).
  "slap-configuration": {
    configuration: "All parameters of the instance.",
    "ipv4-random": "One of the IPv4 addresses of the partition.",
    "ipv6-random": "One of the IPv6 addresses of the partition.",
    ipv4: "IPv4 addresses of the partition.",
    ipv6: "IPv6 addresses of the partition.",
    "instance-title": "Title of the instance.",
    "instance-guid": "Reference of the instance.",
    "root-instance-title": "Title of the instance that requested it first.",
    "root-instance-short-title": "Title of the root instance, without its first word.",
    "slap-software-type": "Software type of the instance.",
    "slap-software-release-url": "Address of the software release.",
    "slap-computer-partition-id": "Reference of the partition.",
    "slap-computer-id": "Reference of the node.",
    "slave-instance-list": "Parameters of the shared instances.",
    timestamp: "When the request last changed.",
  },
  // The parameters of the request, written by slapos.cookbook's softwaretype.
  "slap-parameter": {},
  "storage-configuration": {
    "storage-home": "Directory for data storage.",
  },
};

/** Those whose options depend on the request or on another profile. */
export const OPEN_SLAPGRID_SECTIONS: ReadonlySet<string> = new Set(["slap-configuration", "slap-parameter"]);

/** Those that have these options on every node and no others. */
export const CLOSED_SLAPGRID_SECTIONS: ReadonlySet<string> = new Set(["slap-connection", "slap-network-information"]);

/** Offered without being typed: the others are old or rare. */
export const OFFERED_SLAPGRID_SECTIONS: readonly string[] = ["slap-connection", "slap-network-information"];
