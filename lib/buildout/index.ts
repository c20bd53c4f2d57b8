/**
 * Buildout profiles, resolved as buildout does, with the provenance of every value. Pure: no I/O, no clock.
 */
export {
  type AnalysisOptions,
  type Impact,
  isSoftwareRelease,
  type OptionPlace,
  ProfileAnalysis,
  type ProfileSource,
} from "./analysis";
export { annotationText } from "./annotation";
export {
  type ConfigurationChange,
  compareResolutions,
  compareValues,
  type ResolvedValues,
  resolvedValues,
} from "./comparison";
export { type AnnotatedConfiguration, type Assignment, parseAssignment } from "./configuration";
export {
  createDiagnostic,
  DIAGNOSTIC_CODES,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticSeverity,
  stopsLoading,
} from "./diagnostics";
export type { ExtendsGraph, ExtendsNode, ReadFailure } from "./extends-graph";
export { createEngineFacts, type EngineFacts, type PythonDescription } from "./facts";
export { type InstalledPart, type InstalledState, parseInstalledState } from "./installed-state";
export { changeOption, type OptionChange } from "./option-edits";
export {
  type OptionDefinition,
  type OptionMap,
  OptionValue,
  VALUE_SOURCES,
  valueHistory,
  withoutRepeats,
} from "./option-value";
export { toPackageName } from "./package-name";
export type { Part } from "./parts";
export {
  absolutePath,
  baseNameOf,
  directoryOf,
  isAbsolutePath,
  isUrl,
  joinPath,
  normalisePath,
  resolveExtendsName,
} from "./paths";
export {
  type BuildPlan,
  type PlanFiles,
  type PlannedAction,
  type PlannedPart,
  type PlanReason,
  planBuild,
} from "./plan/build-plan";
export {
  listDownloads,
  type PlannedCheckout,
  type PlannedDownloads,
  type PlannedEgg,
  type PlannedFile,
} from "./plan/downloads";
export { type PartRecord, parsePartRecord } from "./plan/part-record";
export {
  type ConditionResult,
  createReadingRules,
  type Dialect,
  type ExtendsReference,
  PROFILE_BASE_LOCATION,
  type Profile,
  type ProfileSection,
  type ReadingRules,
  readProfile,
  readSyntax,
  valueWords,
} from "./profile";
export { type ProfileReference, profileReferences, valueLines } from "./profile-references";
export { findAllParts } from "./recipe-reads";
export { ReferenceCycles } from "./reference-cycles";
export {
  type Contribution,
  isRecipeOption,
  Resolution,
  type ResolvedOption,
} from "./resolution";
export { type SectionHome, sortHomes } from "./section-homes";
export { ResolutionProblem, type ResolvedValue } from "./substitution";
export {
  type HeaderNode,
  type OptionNode,
  type OptionOperator,
  type ProfileSyntax,
  parseSyntax,
  printSyntax,
  type StrayNode,
  type SyntaxNode,
  type TriviaNode,
} from "./syntax";
export { type OptionReference, parseTemplate, type ValueTemplate } from "./value-template";
