/** `webrunner token …` */
import type { CommandModule } from "./commands";
import { createNoun, toTable } from "./noun";

const noun = createNoun({
  name: "token",
  verbs: {
    create: {
      words: ["NAME"],
      summary: "a new token; it is shown this once",
      async run({ api, positionals, print }) {
        const created = await api.createToken({ body: { name: positionals[0]! } });
        print(created, `${created.token}\n`);
        return undefined;
      },
    },
    list: {
      summary: "all tokens, without their secret",
      async run({ api, print }) {
        const reply = await api.listTokens();
        print(reply, toTable(reply.tokens.map(({ id, name, createdAt }) => [id, name, createdAt])));
        return undefined;
      },
    },
    remove: {
      words: ["ID"],
      summary: "revokes a token at once",
      async run({ api, positionals, print }) {
        await api.removeToken({ params: { token: positionals[0]! } });
        print({}, "");
        return undefined;
      },
    },
  },
});

export const run: CommandModule["run"] = noun.run;
