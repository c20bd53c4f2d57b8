"use client";
export function Explorer() {
  return null;
}
