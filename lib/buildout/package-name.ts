/** PEP 503: `Zope.Interface`, `zope_interface` and `zope-interface` are one package. */
export function toPackageName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
