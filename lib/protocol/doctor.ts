/** The first-run checklist: what must be there before the main job works, each with its mend. */
import { z } from "zod";
import { defineRoute } from "./contract";
import { projectIdSchema } from "./project";

export const DOCTOR_CHECKS = ["account", "identity", "fork", "engine", "machine", "built"] as const;
export const doctorCheckIdSchema = z.enum(DOCTOR_CHECKS);
export type DoctorCheckId = z.infer<typeof doctorCheckIdSchema>;

export const doctorCheckSchema = z.object({
  id: doctorCheckIdSchema,
  title: z.string(),
  ok: z.boolean(),
  /** What was found, or what is wrong. */
  detail: z.string(),
  /** What happened meanwhile without anybody's asking, oldest first. */
  events: z.array(z.object({ at: z.iso.datetime(), text: z.string() })).optional(),
  fix: z
    .object({
      /** What the button says. */
      title: z.string(),
      /** The server can do it; else the person has to say something first, in the page's dialog. */
      automatic: z.boolean(),
      /** How it is done from the command line. */
      hint: z.string(),
    })
    .optional(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

export const doctorReportSchema = z.object({ ok: z.boolean(), checks: z.array(doctorCheckSchema) });
export type DoctorReport = z.infer<typeof doctorReportSchema>;

export const doctorRoutes = {
  readDoctor: defineRoute({
    method: "GET",
    path: "/projects/{project}/doctor",
    summary: "Whether everything is there for the main job; each check with its mend",
    access: "user",
    params: z.object({ project: projectIdSchema }),
    /** Asks the fork's server again, which is otherwise done once a minute. */
    query: z.object({ fresh: z.enum(["true"]).optional() }),
    response: doctorReportSchema,
  }),
  fixDoctorCheck: defineRoute({
    method: "POST",
    path: "/projects/{project}/doctor/{check}/fix",
    summary: "Mend what one check found, where no person is needed for it",
    access: "user",
    status: 202,
    params: z.object({ project: projectIdSchema, check: doctorCheckIdSchema }),
    response: doctorReportSchema,
  }),
} as const;
