/**
 * What buildout would know of the machine and of itself: the names that section conditions may use, and the options
 * that are there before any file is read.
 *
 * The shape is that of a facts file as JSON, with Python's own names.
 */
export interface EngineFacts {
  readonly executable: string;
  /** Plain values that conditions see by name: `python3`, `linux`, `bits64` … */
  readonly globals: Readonly<Record<string, unknown>>;
  readonly marker_environment: Readonly<Record<string, string>>;
  readonly sys: Readonly<Record<string, unknown>>;
  readonly os: Readonly<Record<string, unknown>>;
  readonly platform: Readonly<Record<string, unknown>>;
  readonly default_options: Readonly<Record<string, string>>;
  readonly default_versions: Readonly<Record<string, string>>;
}

const PYTHON_MINORS = "24 25 26 27 30 31 32 33 34 35 36 37 38 39 310 311 312 313 314 315 316 317 318 319";

export interface PythonDescription {
  /** Three numbers: `[3, 11, 7]`. */
  readonly version: readonly [number, number, number];
  /** As `platform.machine()` says: `x86_64`, `aarch64`. */
  readonly machine: string;
  readonly executable: string;
  readonly buildoutVersion: string;
}

const DEFAULT_PYTHON: PythonDescription = {
  version: [3, 11, 7],
  machine: "x86_64",
  executable: "python3",
  buildoutVersion: "6.0.1",
};

/** Facts of a CPython on Linux. */
export function createEngineFacts(python: Partial<PythonDescription> = {}): EngineFacts {
  const { version, machine, executable, buildoutVersion } = { ...DEFAULT_PYTHON, ...python };
  const [major, minor] = version;
  const full = version.join(".");
  const globals: Record<string, boolean> = {
    python2: major === 2,
    python3: major === 3,
    cpython: true,
    pypy: false,
    jython: false,
    ironpython: false,
    linux: true,
    windows: false,
    cygwin: false,
    solaris: false,
    macosx: false,
    posix: true,
    bits32: false,
    bits64: true,
    little_endian: true,
    big_endian: false,
  };
  for (const digits of PYTHON_MINORS.split(" ")) globals[`python${digits}`] = digits === `${major}${minor}`;
  return {
    executable,
    globals,
    marker_environment: {
      implementation_name: "cpython",
      implementation_version: full,
      os_name: "posix",
      platform_machine: machine,
      platform_python_implementation: "CPython",
      platform_release: "",
      platform_system: "Linux",
      platform_version: "",
      python_full_version: full,
      python_version: `${major}.${minor}`,
      sys_platform: "linux",
    },
    sys: {
      version_info: [...version, "final", 0],
      version: full,
      platform: "linux",
      byteorder: "little",
      maxsize: Number("9223372036854775807"),
    },
    os: { name: "posix", sep: "/" },
    platform: {
      machine,
      system: "Linux",
      release: "",
      python_version: full,
      node: "",
      python_implementation: "CPython",
      processor: "",
      python_version_tuple: version.map(String),
      architecture: ["64bit", "ELF"],
      uname: ["Linux", "", "", "", machine, ""],
    },
    default_options: {
      "allow-hosts": "*",
      "allow-picked-versions": "true",
      "allow-unknown-extras": "false",
      "bin-directory": "bin",
      "develop-eggs-directory": "develop-eggs",
      "eggs-directory": "eggs",
      "eggs-directory-version": "v5",
      executable,
      "find-links": "",
      "install-from-cache": "false",
      installed: ".installed.cfg",
      "log-format": "",
      "log-level": "INFO",
      newest: "true",
      offline: "false",
      "parts-directory": "parts",
      "prefer-final": "true",
      python: "buildout",
      "show-picked-versions": "false",
      "socket-timeout": "",
      "update-versions-file": "",
      "use-dependency-links": "true",
    },
    default_versions: { "zc.buildout": `>=${buildoutVersion}`, "zc.recipe.egg": ">=2.0.6" },
  };
}
