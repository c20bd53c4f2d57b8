"use client";
import dynamic from "next/dynamic";

/**
 * Draws nothing. Its place in the first HTML makes Next name the editor's files there, so that the browser
 * fetches them beside the page's own scripts instead of after them.
 */
export const MonacoPreload = dynamic(() => import("webrunner-monaco"));
