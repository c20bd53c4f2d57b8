/** Which of an instance's connection parameters is its service, and where it is reached through us. */

/** `url` if it is one, else the first web address of this machine. Values may be packed as JSON in `_`. */
export function findServiceUrl(connection: Readonly<Record<string, unknown>>): URL | undefined {
  const values = Object.entries(unpack(connection));
  const urls = values.flatMap(([name, value]) => {
    const url = typeof value === "string" ? toServiceUrl(value) : undefined;
    return url ? [{ name, url }] : [];
  });
  return (urls.find(({ name }) => name === "url") ?? urls[0])?.url;
}

export function toServicePath(instance: string): string {
  return `/service/${encodeURIComponent(instance)}/`;
}

/** Undefined for what is no web address, or one of another machine. */
export function toServiceUrl(text: string): URL | undefined {
  if (text.length > 2000 || !/^(https?|unix):\/\//i.test(text)) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.protocol === "unix:") return url.host === "" ? url : undefined;
  return isLoopback(url.hostname) ? url : undefined;
}

/** As `URL` writes host names: numbers in all their spellings have become dotted ones. */
function isLoopback(hostname: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === "[::1]" || hostname === "localhost";
}

function unpack(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { _: packed, ...rest } = values;
  if (typeof packed !== "string") return values;
  try {
    const inner: unknown = JSON.parse(packed);
    return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? { ...rest, ...inner } : values;
  } catch {
    // Not JSON: a value like any other.
    return values;
  }
}
