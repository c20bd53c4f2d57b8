/** The guided tutorial: its text, what the machine has checked, and what it can do for the person. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { projectIdSchema } from "./project";

export const tutorialIdSchema = z.enum(["customize-slapos"]);
export const tutorialStepIdSchema = z.string().regex(/^step-[0-9]{1,2}$/);

/** `code` marks in a text stand between back quotes. */
export const tutorialBlockSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({ kind: z.literal("list"), items: z.array(z.string()) }),
  z.object({ kind: z.literal("code"), text: z.string() }),
]);
export type TutorialBlock = z.infer<typeof tutorialBlockSchema>;

/** What “Show me” brings into view. */
export const tutorialPlaceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), path: z.string() }),
  z.object({
    kind: z.literal("command"),
    command: z.string(),
    path: z.string().optional().describe("the file that the command is to be about"),
  }),
]);
export type TutorialPlace = z.infer<typeof tutorialPlaceSchema>;

export const tutorialStepSchema = z.object({
  id: tutorialStepIdSchema,
  title: z.string(),
  chapter: z.string(),
  body: z.array(tutorialBlockSchema),
  showMe: tutorialPlaceSchema,
  doIt: z.object({
    /** What it will do, in one sentence. */
    summary: z.string(),
    fields: z.array(
      z.object({ name: z.string(), label: z.string(), secret: z.boolean(), value: z.string().optional() }),
    ),
  }),
  /** All of them make the step green; each is looked up in the workspace, never clicked. */
  conditions: z.array(z.object({ text: z.string(), ok: z.boolean(), detail: z.string().optional() })),
  /** When all of them first held. */
  doneAt: z.iso.datetime().optional(),
});
export type TutorialStep = z.infer<typeof tutorialStepSchema>;

export const tutorialSchema = z.object({
  tutorial: tutorialIdSchema,
  title: z.string(),
  /** The release that is customised, and the profile of one's own that extends it once it is there. */
  release: z.string().optional(),
  profile: z.string().optional(),
  startedAt: z.iso.datetime(),
  steps: z.array(tutorialStepSchema),
  /** The step that is being done, or how the last one ended. */
  doing: z.object({ step: z.string(), state: z.enum(["running", "done", "failed"]), message: z.string() }).optional(),
});
export type TutorialInfo = z.infer<typeof tutorialSchema>;

const ofTutorial = z.object({ project: projectIdSchema, tutorial: tutorialIdSchema });

export const tutorialRoutes = {
  readTutorial: defineRoute({
    method: "GET",
    path: "/projects/{project}/tutorials/{tutorial}",
    summary:
      "Text and state of a tutorial; asking for it the first time begins it. Each state is checked in the workspace",
    access: "user",
    params: ofTutorial,
    response: tutorialSchema,
  }),
  doTutorialStep: defineRoute({
    method: "POST",
    path: "/projects/{project}/tutorials/{tutorial}/steps/{step}/do",
    summary: "Do a step for the person; goes on by itself, and is told by the tutorial's state",
    access: "user",
    status: 202,
    params: ofTutorial.extend({ step: tutorialStepIdSchema }),
    body: z.object({ values: z.record(z.string().max(100), z.string().max(2000)).optional() }),
    response: tutorialSchema,
  }),
  restartTutorial: defineRoute({
    method: "DELETE",
    path: "/projects/{project}/tutorials/{tutorial}",
    summary: "Forget how far it is and begin anew from the workspace as it is",
    access: "user",
    params: ofTutorial,
    response: tutorialSchema,
  }),
} as const;
