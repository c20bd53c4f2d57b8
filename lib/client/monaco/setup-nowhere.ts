/** Stands for `setup` where there is no browser: the page's first HTML is made without an editor. */
export default function drawNothing(): null {
  return null;
}
