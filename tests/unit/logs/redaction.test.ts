import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, fromByteString, isSecretName, redactText, toByteString } from "@/lib/logs/redaction";

const SECRET = "s3cr3t-Wört/with+signs";

function stream(pieces: readonly string[], secrets: readonly string[] = [SECRET]): string {
  const redactor = createRedactor(secrets);
  return pieces.map((piece) => redactor.push(piece)).join("") + redactor.end();
}

function check(text: string, expected: string): void {
  expect(redactText(text)).toBe(expected);
}

describe("redaction", () => {
  it("finds a secret that is split at every byte (AC8)", () => {
    const texts = [
      `before ${SECRET} after\nnext line`,
      `${"x".repeat(70_000)}${SECRET}${"y".repeat(70_000)}`,
      `url https://ada:${SECRET.slice(0, 6)}@example.org/a\npassword = hunter2hunter2\n`,
      `${"x ".repeat(35_000)}token=abcdefghijkl ${"y".repeat(40_000)}\n`,
      `{"password": "with \\"quotes\\" inside", "user": "ada"}\n`,
      `-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef\n-----END RSA PRIVATE KEY-----\nafter\n`,
    ];
    for (const text of texts) {
      const bytes = toByteString(text);
      const whole = stream([bytes]);
      for (const word of [toByteString(SECRET), "hunter2hunter2", "abcdefghijkl", "MIIabc"]) {
        expect(whole).not.toContain(word);
      }
      const step = bytes.length > 1_000 ? 997 : 1;
      for (let cut = 0; cut <= bytes.length; cut += step) {
        expect(stream([bytes.slice(0, cut), bytes.slice(cut)])).toBe(whole);
      }
      // Around the secret itself every place is tried, also in the endless lines.
      const at = Math.max(0, bytes.search(/s3cr3t|token=|password/) - 3);
      for (let cut = at; cut < at + 60; cut++) {
        expect(stream([bytes.slice(0, cut), bytes.slice(cut)])).toBe(whole);
      }
      if (bytes.length < 1_000) expect(stream([...bytes])).toBe(whole);
    }
  });

  it("gives out the same wherever it is cut, and never a known secret", () => {
    const word = fc.constantFrom(
      "make ",
      "\n",
      SECRET,
      SECRET.slice(0, 5),
      "password=",
      "https://u:",
      "@host ",
      "é",
      "-----BEGIN PRIVATE KEY-----",
      "-----END PRIVATE KEY-----",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.array(fc.nat(300), { maxLength: 6 }), (words, cuts) => {
        const bytes = toByteString(words.join(""));
        const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((from, index) => bytes.slice(from, [...at, bytes.length][index]));
        const given = stream(pieces);
        expect(given).toBe(stream([bytes]));
        expect(given).not.toContain(toByteString(SECRET));
      }),
    );
  });

  it("knows a secret as URLs and JSON write it", () => {
    const secret = 'a"b c/d';
    expect(redactText(`x=${encodeURIComponent(secret)} ${JSON.stringify(secret)}`, [secret])).toBe(
      'x=[redacted] "[redacted]"',
    );
  });

  it("takes passwords and tokens out of addresses, and leaves the rest", () => {
    check("git clone https://ada:pa55@git.example/a.git", "git clone https://ada:[redacted]@git.example/a.git");
    check("https://glpat1234567890@git.example/", "https://[redacted]@git.example/");
    check("GET /a?user=x&private_token=abc&b=1", "GET /a?user=x&private_token=[redacted]&b=1");
    check("ssh://git@host/a and a@b.c", "ssh://git@host/a and a@b.c");
  });

  it("takes out what is named a secret", () => {
    check("password = pa55word", "password = [redacted]");
    check("{'password': 'two words', 'user': 'x'}", "{'password': [redacted], 'user': 'x'}");
    check('{"password": "say \\"no\\" again", "a": 1}', '{"password": [redacted], "a": 1}');
    check("mysql --password hunter22 -u root", "mysql --password [redacted] -u root");
    check("Authorization: Bearer abcdef012345", "Authorization: Bearer [redacted]");
    check("MARIADB_ROOT_PASSWORD=xyz make", "MARIADB_ROOT_PASSWORD=[redacted] make");
    check("remote: ghp_abcdefghijklmnop1234", "remote: ghp_[redacted]");
  });

  it("leaves what only sounds like one", () => {
    for (const text of [
      "tokenizers = 0.21",
      "Installing password-store.",
      "md5sum = 0123456789abcdef0123456789abcdef",
      "a token is missing",
    ])
      check(text, text);
  });

  it("takes a private key out as a whole", () => {
    check(
      "a\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\nAAAA\n-----END OPENSSH PRIVATE KEY-----\nz\n",
      "a\n[redacted]\n\nz\n",
    );
  });

  it("takes time linear in the text, whatever it is", () => {
    const begin = performance.now();
    for (const text of ["a", "password", "https://", "eyJ", "token=", "token='", "x:", "-----BEGIN "])
      stream([text.repeat(200_000 / text.length)]);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it("leaves bytes that are no text as they are", () => {
    const bytes = String.fromCharCode(0xff, 0xfe, 0x00, 0x80);
    expect(stream([bytes])).toBe(bytes);
    expect(fromByteString(toByteString("é€"))).toBe("é€");
  });
});

it("knows which names hold secrets", () => {
  expect(["password", "root-password", "api_key", "GITLAB_TOKEN", "secret"].filter(isSecretName)).toHaveLength(5);
  expect(["url", "port", "path", "keyboard", "tokenizer"].filter(isSecretName)).toEqual([]);
});
