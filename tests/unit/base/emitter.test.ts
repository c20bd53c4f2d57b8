import { describe, expect, it } from "vitest";
import { createEmitter } from "@/lib/base/emitter";

describe("emitter", () => {
  it("stops calling a listener that was disposed", () => {
    const emitter = createEmitter<number>();
    const heard: number[] = [];
    const subscription = emitter.on((value) => heard.push(value));
    emitter.emit(1);
    subscription.dispose();
    subscription.dispose();
    emitter.emit(2);
    expect(heard).toEqual([1]);
  });

  it("lets the others hear when one listener throws", () => {
    const errors: unknown[] = [];
    const emitter = createEmitter<string>((error) => errors.push(error));
    const heard: string[] = [];
    emitter.on(() => {
      throw new Error("broken listener");
    });
    emitter.on((value) => heard.push(value));
    emitter.emit("hello");
    expect(heard).toEqual(["hello"]);
    expect(errors).toHaveLength(1);
  });
});
