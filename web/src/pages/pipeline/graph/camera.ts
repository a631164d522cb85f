import { select, type Selection } from 'd3-selection';
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom';
import { createContext, useContext } from 'react';
import { bounded, type Picture } from './bounds.ts';
import { fingersWithin, followFinger, hearLostFingers } from './fingers.ts';
import { isSameSight, type Looking, type Room, type Sight, sightOf, ZOOMS } from './viewport.ts';

/** How much nearer or further a press of a button or key leads. */
const STEP = 1.2;
/** A hand that clicks moves a little. */
const CLICK_PX = 4;

type Told = () => void;

/**
 * How one looks at a picture: dragged and pinched by way of d3-zoom, or led by the page. Outside React's state, so
 * that moving draws nothing anew but what comes into sight.
 */
export class Camera {
  readonly #zoom = zoom<HTMLElement, unknown>()
    .scaleExtent(ZOOMS)
    .clickDistance(CLICK_PX)
    .filter(isMeant)
    .constrain(({ x, y, k }) => transformOf(this.#bounded({ x, y, zoom: k })));
  readonly #moved = new Set<Told>();
  readonly #rested = new Set<Told>();
  #frame: Selection<HTMLElement, unknown, null, undefined> | null = null;
  #picture: Picture | null = null;
  room: Room = { transform: [0, 0, 1], width: 0, height: 0 };
  /** The very same object until something else is to be drawn. */
  sight: Sight = sightOf(this.room);

  /** Shows `layer` through `frame`, at first as `start` says; what is returned ends that. */
  open(frame: HTMLElement, layer: HTMLElement, start: Looking): () => void {
    this.#zoom.on('zoom', ({ transform: { x, y, k } }: D3ZoomEvent<HTMLElement, unknown>) => {
      layer.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
      this.#show({ ...this.room, transform: [x, y, k] });
    });
    // d3 takes each step of a finger that is followed for a movement of its own.
    let isStep = false;
    this.#zoom.on('end', () => {
      if (!isStep) tell(this.#rested);
    });
    // A second tap is somebody's second tap, not a wish to be nearer.
    this.#frame = select(frame).call(this.#zoom).on('dblclick.zoom', null);
    const measure = () => this.#show({ ...this.room, width: frame.clientWidth, height: frame.clientHeight });
    measure();
    this.look(start);
    const sizes = new ResizeObserver(() => {
      measure();
      this.#stay();
    });
    sizes.observe(frame);
    const unfollow = followFinger(frame, {
      by: (pixels) => {
        isStep = true;
        this.#frame?.call(this.#zoom.translateBy, pixels / this.room.transform[2], 0);
        isStep = false;
      },
      rested: () => tell(this.#rested),
    });
    const unhear = hearLostFingers(frame);
    return () => {
      unfollow();
      unhear();
      sizes.disconnect();
      this.#frame?.on('.zoom', null);
      this.#frame = null;
    };
  }

  /** Looks at this picture from now on, and never past it. */
  hold(picture: Picture): void {
    this.#picture = picture;
    this.#stay();
  }
  look(looking: Looking): void {
    this.#frame?.call(this.#zoom.transform, transformOf(this.#bounded(looking)));
  }
  /** As near as now, with this point of the picture in the middle. */
  centre(x: number, y: number): void {
    const { transform, width, height } = this.room;
    const [, , scale] = transform;
    this.look({ x: width / 2 - x * scale, y: height / 2 - y * scale, zoom: scale });
  }
  nearer = (): void => void this.#frame?.call(this.#zoom.scaleBy, STEP);
  further = (): void => void this.#frame?.call(this.#zoom.scaleBy, 1 / STEP);

  subscribe = (moved: Told): Told => added(this.#moved, moved);
  /** Tells when a movement is over. */
  whenRested = (rested: Told): Told => added(this.#rested, rested);

  #bounded(looking: Looking): Looking {
    return this.#picture === null ? looking : bounded(looking, this.room, this.#picture);
  }

  /** The picture or the room have become smaller, perhaps. */
  #stay(): void {
    const [x, y, scale] = this.room.transform;
    const now = this.#bounded({ x, y, zoom: scale });
    if (now.x !== x || now.y !== y) this.look(now);
  }

  #show(room: Room): void {
    this.room = room;
    const sight = sightOf(room);
    if (!isSameSight(sight, this.sight)) this.sight = sight;
    tell(this.#moved);
  }
}

const transformOf = ({ x, y, zoom: scale }: Looking) => zoomIdentity.translate(x, y).scale(scale);

/**
 * A wheel turned by itself and one finger scroll the page; a wheel that is turned with Ctrl, as a pinch tells it, and
 * two fingers zoom.
 */
function isMeant(event: MouseEvent | TouchEvent): boolean {
  if ('touches' in event) return fingersWithin(event.currentTarget as Node, event.touches) > 1;
  const { type, ctrlKey, metaKey, button } = event;
  return type === 'wheel' ? ctrlKey || metaKey : !ctrlKey && !button;
}

function added(set: Set<Told>, listener: Told): Told {
  set.add(listener);
  return () => void set.delete(listener);
}
const tell = (listeners: ReadonlySet<Told>) => {
  for (const listener of listeners) listener();
};

export const CameraContext = createContext(new Camera());
export const useCamera = () => useContext(CameraContext);
