import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCall, parseAnswer, XmlRpcFault } from "@/server/supervisor/xml-rpc";

const answer = (value: string): string =>
  `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>\n`;

describe("calls", () => {
  it("are texts in which a name is only a name", () => {
    const text = formatCall("supervisor.startProcess", ["a:</string><b>&", true, 3]);
    expect(text).toContain("<string>a:&lt;/string&gt;&lt;b&gt;&amp;</string>");
    expect(text).toContain("<boolean>1</boolean>");
    expect(text).toContain("<int>3</int>");
  });
});

describe("answers", () => {
  it("are read as supervisord writes them", () => {
    const struct = `<struct>
<member><name>name</name><value><string>web &amp; &#233;</string></value></member>
<member><name>pid</name><value><int>42</int></value></member>
<member><name>up</name><value><boolean>1</boolean></value></member>
<member><name>none</name><value><string></string></value></member>
</struct>`;
    expect(parseAnswer(answer(`<array><data>\n<value>${struct}</value>\n</data></array>`))).toEqual([
      { name: "web & é", pid: 42, up: true, none: "" },
    ]);
    expect(parseAnswer(answer("<array><data></data></array>"))).toEqual([]);
  });

  it("that are faults have their code", () => {
    const fault = `<methodResponse><fault><value><struct>
<member><name>faultCode</name><value><int>60</int></value></member>
<member><name>faultString</name><value><string>ALREADY_STARTED: web</string></value></member>
</struct></value></fault></methodResponse>`;
    const read = () => parseAnswer(fault);
    expect(read).toThrow(XmlRpcFault);
    expect(read).toThrow("ALREADY_STARTED: web");
  });

  it("pollute nothing, and expand nothing", () => {
    const evil = "<struct><member><name>__proto__</name><value><int>1</int></value></member></struct>";
    expect(Object.keys(parseAnswer(answer(evil)) as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).int).toBeUndefined();
    const entity = `<!DOCTYPE x [<!ENTITY a "b">]>${answer("<string>&a;</string>")}`;
    expect(() => parseAnswer(entity)).toThrow("Not an XML-RPC answer");
    expect(parseAnswer(answer("<string>&a;</string>"))).toBe("&a;");
  });

  it("that are none are errors, whatever they are", () => {
    const deep = answer(`${"<array><data><value>".repeat(50)}<int>1</int>${"</value></data></array>".repeat(50)}`);
    expect(() => parseAnswer(deep)).toThrow("too deep");
    const good = answer("<struct><member><name>a</name><value><int>1</int></value></member></struct>");
    for (let length = 0; length < good.indexOf("</value>\n</param>"); length++) {
      expect(() => parseAnswer(good.slice(0, length))).toThrow();
    }
    const pieces = fc.constantFrom(
      "<value>",
      "</value>",
      "<struct>",
      "<member>",
      "<name>",
      "</name>",
      "<?",
      "?>",
      "<",
      "&#x41;",
      "x",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (words) => {
        try {
          parseAnswer(`<methodResponse><params><param>${words.join("")}`);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
