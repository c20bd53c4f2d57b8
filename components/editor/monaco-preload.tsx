"use client";
import dynamic from "next/dynamic";

/**
 * Draws nothing. Its place in the workbench makes Next list the editor's files, which `scripts/build-page.mjs` names in
 * the first HTML: the browser fetches them beside the page's own scripts instead of after them.
 */
export const MonacoPreload = dynamic(() => import("webrunner-monaco"));
