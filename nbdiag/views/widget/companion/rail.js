// Pins, their numbers and extents stand where their epochs are, whatever is on the x axis; so does the progress on it.
function rail(view) {
  function stretch(element, at, from, to) {
    const { left } = at.axis
    const [a, b] = [at.drawnX(from) - left, at.drawnX(to) - left]
    const [first, last] = [at.x(from) - left, at.x(to) - left]
    const size = b > a ? (last - first) / (b - a) : 1
    move(element, view.units.isOwn ? 0 : first - size * a, 0)
    const scale = view.units.isOwn ? '' : `${size} 1`
    if (element && element.style.scale !== scale) element.style.scale = scale
  }

  return {
    draw(at) {
      const { rail: { pins, extents, numbers }, axis } = view.parts
      view.findings().forEach(({ start, stop }, i) => {
        for (const part of [pins, numbers]) move(items(part)[i], at.x(start) - at.drawnX(start), 0)
        stretch(items(extents)[i], at, start, stop)
      })
      const done = axis.done.model.get('x')
      stretch(items(axis.done)[0], at, done[0], done.at(-1))
    },
  }
}
