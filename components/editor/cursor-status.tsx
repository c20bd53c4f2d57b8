"use client";
export function CursorStatus() {
  return null;
}
