/** Places of sections and options in the files of the workspace. */
import type { Location } from "../answers";
import type { DocumentOption, DocumentSection } from "../document/profile-document";
import type { Analysis } from "./analysis";
import type { HeaderPlace, OptionPlace, ProfileView } from "./profile-view";

export function sectionPlaces(_analysis: Analysis, view: ProfileView, section: string): readonly HeaderPlace[] {
  return view.sectionPlaces(section);
}

export function headerLocation(place: HeaderPlace): Location {
  return { path: place.path, range: { start: place.header.nameStart, end: place.header.nameEnd } };
}

export function optionLocation(place: OptionPlace): Location {
  return { path: place.path, range: { start: place.node.keyStart, end: place.node.keyEnd } };
}

export function findDocumentOption(analysis: Analysis, place: OptionPlace): DocumentOption | undefined {
  const document = analysis.document(place.path);
  return document?.optionAt(place.node.start);
}

export function findDocumentSection(analysis: Analysis, place: HeaderPlace): DocumentSection | undefined {
  return analysis.document(place.path)?.sections.find((section) => section.start === place.header.start);
}

/** The real text of a value as one file wrote it, indents taken off. */
export function writtenValue(analysis: Analysis, place: OptionPlace): string {
  const document = analysis.document(place.path);
  if (!document) return "";
  const { valueStart, valueEnd } = place.node;
  return document.text
    .slice(valueStart, valueEnd)
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^[#;]/.test(line))
    .map((line) => line.trim())
    .filter((line, index) => index > 0 || line !== "")
    .join("\n");
}
