/** `webrunner login`: keeps a server's token for later commands, or makes a link that signs a browser in. */
import type { CommandModule } from "./commands";
import { credentialsPath, keepLogin } from "./credentials-file";
import { createNoun, UsageError } from "./noun";
import { createConnection } from "./server-connection";
import { readStandardInput } from "./standard-input";

const noun = createNoun({
  name: "login",
  only: "login",
  verbs: {
    login: {
      words: ["[URL]"],
      summary:
        "Checks a token at the server and keeps it for later commands. The token is read from standard input, so that it shows in no list of processes; --token is for those who do not mind. Without URL and token: says who is signed in where.",
      options: {
        token: { type: "string", value: "TOKEN", summary: "the token itself" },
        link: { type: "boolean", summary: "print a link that signs a browser in, once" },
      },
      findServer: ([url]) => url,
      async run({ url, api, positionals, text, flag, print }) {
        if (flag("link")) {
          const { loginToken } = await api.createLoginToken();
          const link = `${url}/login#${loginToken}`;
          print({ link }, `${link}\n`);
          return undefined;
        }
        const given = text("token");
        if (positionals.length === 0 && given === undefined) {
          const { user } = await api.readSession();
          print({ url, user }, `${user} at ${url}\n`);
          return undefined;
        }
        const token = given ?? (await readStandardInput()).toString("utf8").trim();
        if (token === "") throw new UsageError("there is no token on standard input");
        const { user } = await createConnection(url, token).api.readSession();
        await keepLogin(url, token);
        print({ url, user }, `${user} at ${url}; kept in ${credentialsPath()}\n`);
        return undefined;
      },
    },
  },
});

export const run: CommandModule["run"] = noun.run;
