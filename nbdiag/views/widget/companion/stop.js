// Ends the training. Shown only once the kernel has answered while it was busy, and a training has asked if it is to end.
const ARMED = 4000 // ms to press a second time: one press may be a slip

function stopping(view) {
  const box = html(`<span class="nbdiag-end" hidden><button type="button">Stop</button></span>`)
  const button = box.firstChild
  let state = '' // then 'armed', then 'pressed'
  view.root.querySelector('.nbdiag-top').append(box)

  const TEXT = { '': 'Stop', armed: 'Press again to stop', pressed: 'Stopping …' }
  view.on(button, 'click', () => {
    if (state === 'armed') {
      state = 'pressed'
      view.wire.stop()
    } else if (state === '') {
      state = 'armed'
      setTimeout(() => {
        if (state === 'armed') state = ''
        view.refresh()
      }, ARMED)
    }
    view.refresh()
  })

  return {
    draw() {
      const hidden = !(view.model.get('stoppable') && view.wire.hears)
      if (hidden) state = ''
      if (box.hidden !== hidden) box.hidden = hidden
      write(button, TEXT[state])
    },
    remove: () => box.remove(),
  }
}
