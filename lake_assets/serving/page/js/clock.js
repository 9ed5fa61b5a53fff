// The playback clock: where in the session we are, and how fast we go.

export const SPEEDS = [1, 5, 20, 60];

/** Moves `now` (seconds since the origin) between `opens` and `closes`, and tells who listens. */
export class Clock {
  constructor() {
    this.opens = 0;
    this.closes = 0;
    this.now = 0;
    this.speed = 20;
    this.playing = false;
    this.listeners = [];
    this.frames = new FrameCount();
    this.last = null;
    this.step = this.step.bind(this);
  }

  /** `hear(now, seeked)` is called after every change; `seeked` is false only while playing on. */
  listen(hear) {
    this.listeners.push(hear);
  }

  span(opens, closes, now) {
    this.opens = opens;
    this.closes = closes;
    this.seek(now);
  }

  seek(now) {
    this.now = Math.min(this.closes, Math.max(this.opens, now));
    this.tell(true);
  }

  play() {
    if (this.playing) return;
    if (this.now >= this.closes) this.seek(this.opens);
    this.playing = true;
    this.last = null;
    this.frames.restart();
    requestAnimationFrame(this.step);
    this.tell(true);
  }

  pause() {
    this.playing = false;
    this.tell(true);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed) {
    this.speed = speed;
    this.tell(true);
  }

  step(stamp) {
    if (!this.playing) return;
    if (this.last !== null) {
      this.now = Math.min(this.closes, this.now + ((stamp - this.last) / 1000) * this.speed);
      this.frames.count(stamp);
      this.tell(false);
      if (this.now >= this.closes) {
        this.pause();
        return;
      }
    }
    this.last = stamp;
    requestAnimationFrame(this.step);
  }

  tell(seeked) {
    for (const hear of this.listeners) hear(this.now, seeked);
  }
}

/** Frames a second of the last second played. */
class FrameCount {
  restart() {
    this.stamps = [];
  }

  count(stamp) {
    this.stamps.push(stamp);
    while (this.stamps[0] < stamp - 1000) this.stamps.shift();
  }

  get perSecond() {
    return this.stamps?.length ?? 0;
  }
}
