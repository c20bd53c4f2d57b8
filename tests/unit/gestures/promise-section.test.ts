/** A promise made from what a service's section says of where it listens. */
import { describe, expect, it } from "vitest";
import { applyTextEdits } from "@/lib/base/text-range";
import { makePromiseSection } from "@/lib/gestures/promise-section";

const DIRECTORY = `[directory]
recipe = slapos.cookbook:mkdirectory
etc = \${buildout:directory}/etc
service = \${:etc}/service
`;
const instance = (service: string, more = ""): string =>
  `[buildout]\nparts =\n  publish\noffline = true\n\n${DIRECTORY}${more}\n[web]\nrecipe = slapos.cookbook:wrapper\n${service}wrapper-path = \${directory:service}/web\n`;

/** The lines that are new, in their order. */
function added(text: string): string[] | undefined {
  const made = makePromiseSection(text);
  if (!made) return undefined;
  const lines = applyTextEdits(text, made.edits).split("\n");
  const before = text.split("\n");
  return lines.filter((line, index) => line !== "" && !before.includes(line) && lines.indexOf(line) === index);
}
const promise = (host: string, port: string): string[] => [
  "  promise-web",
  "promise = ${:etc}/promise",
  "[promise-web]",
  "recipe = slapos.cookbook:check_port_listening",
  `hostname = ${host}`,
  `port = ${port}`,
  "path = ${directory:promise}/web-listens",
];

describe("the address", () => {
  it("is of the service's own options", () =>
    expect(added(instance("ip = 127.0.0.1\nport = 8080\ncommand-line = httpd ${:ip}:${:port}\n"))).toEqual(
      promise("${web:ip}", "${web:port}"),
    ));
  it("is in what the service is started with", () => {
    expect(added(instance("command-line = httpd --listen=${addr:ip}:${addr:port}\n"))).toEqual(
      promise("${addr:ip}", "${addr:port}"),
    );
    expect(added(instance("command-line = httpd --listen=127.0.0.1:8080\n"))).toEqual(promise("127.0.0.1", "8080"));
    expect(added(instance("url = http://[${addr:ipv6}]:{{ port }}/\n"))).toEqual(promise("${addr:ipv6}", "{{ port }}"));
  });
  it("is of the section that the service has its port from", () =>
    expect(
      added(instance("command-line = httpd -p ${conf:http-port}\n", "\n[conf]\nipv4 = 127.0.0.1\nhttp-port = 80\n")),
    ).toEqual(promise("${conf:ipv4}", "${conf:http-port}")));
  it("is nowhere, and nothing is made then", () => {
    expect(added(instance("command-line = sleep 1h\n"))).toBeUndefined();
    expect(added(instance("command-line = tool --time=12:30 ${a:location}:${b:location}\n"))).toBeUndefined();
  });
});

it("writes the references of a template's second level as the template does", () =>
  expect(added(instance("ip = 127.0.0.1\nport = 8080\n").replaceAll("${", "$${"))).toEqual(
    promise("${web:ip}", "${web:port}").map((line) => line.replaceAll("${", "$${")),
  ));

it("uses the directory of promises that is there, and a name that is free", () => {
  const text = instance("ip = 127.0.0.1\nport = 1\n", "promises = ${:etc}/promise\n[promise-web]\na = 1\n");
  expect(added(text)).toContain("path = ${directory:promises}/web-listens");
  expect(added(text)).toContain("[promise-web-2]");
  expect(added(text)).not.toContain("promise = ${:etc}/promise");
});

it("makes nothing where there are no parts, no directory, or a template makes the section's name", () => {
  const text = instance("ip = 127.0.0.1\nport = 1\n");
  expect(added(text.replace("parts =\n  publish\n", ""))).toBeUndefined();
  expect(added(text.replace(DIRECTORY, ""))).toBeUndefined();
  expect(added(text.replace("[web]", "[web-{{ name }}]"))).toBeUndefined();
});
