"use client";
export function EditorArea() {
  return <div className="flex-1" />;
}
