/** The routes of the first-run checklist. */
import type { Doctor } from "@/server/doctor/doctor";
import type { Handlers } from "./route";

export function createDoctorHandlers(doctor: Doctor): Pick<Handlers, "readDoctor" | "fixDoctorCheck"> {
  return {
    readDoctor: ({ params: { project }, query: { fresh }, user }) =>
      doctor.examine(project, user.name, fresh === "true"),
    fixDoctorCheck: ({ params: { project, check }, user }) => doctor.fix(project, user.name, check),
  };
}
