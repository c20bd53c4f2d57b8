/** `language:*`: messages of the Language Server Protocol between a page and the analysis of its project. */
import { WebrunnerError } from "@/lib/base/errors";
import type { LanguageKeeper } from "@/server/language/language-keeper";
import type { EventHandlers, EventSocket } from "./event";

export type LanguageEventName = "openLanguage" | "sendLanguage" | "closeLanguage";

export interface LanguageStreamDependencies {
  readonly language: LanguageKeeper;
  /** `project/not-found` */
  readonly directoryOf: (project: string) => Promise<string>;
}

export function createLanguageEventHandlers({
  language,
  directoryOf,
}: LanguageStreamDependencies): Pick<EventHandlers, LanguageEventName> {
  /** A session is its page's: no other socket may speak in it. */
  const owners = new Map<string, EventSocket>();

  const close = (session: string): void => {
    if (!owners.delete(session)) return;
    language.close(session);
  };
  const isOwn = (session: string, socket: EventSocket): boolean => owners.get(session) === socket;

  return {
    async openLanguage({ payload: { project }, socket }) {
      const directory = await directoryOf(project);
      if (!socket.connected) throw new WebrunnerError("language/unavailable", { message: "The page is gone." });
      const session: string = language.open(project, directory, {
        onMessage: (message) => socket.send("language:message", { session, message }),
        onEnded() {
          owners.delete(session);
          socket.send("language:ended", { session });
        },
      });
      owners.set(session, socket);
      socket.onClose(() => close(session));
      return { session };
    },
    sendLanguage: ({ payload: { session, message }, socket }) => ({
      open: isOwn(session, socket) && language.send(session, message),
    }),
    closeLanguage({ payload: { session }, socket }) {
      if (isOwn(session, socket)) close(session);
      return {};
    },
  };
}
