// The controls under the axis.
function tools(view) {
  return { draw() {}, remove() {} }
}
