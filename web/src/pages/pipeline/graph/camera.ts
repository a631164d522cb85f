import { select, type Selection } from 'd3-selection';
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom';
import { createContext, useContext } from 'react';
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
  readonly #zoom = zoom<HTMLElement, unknown>().scaleExtent(ZOOMS).clickDistance(CLICK_PX).filter(isMeant);
  readonly #moved = new Set<Told>();
  readonly #rested = new Set<Told>();
  #frame: Selection<HTMLElement, unknown, null, undefined> | null = null;
  room: Room = { transform: [0, 0, 1], width: 0, height: 0 };
  /** The very same object until something else is to be drawn. */
  sight: Sight = sightOf(this.room);

  /** Shows `layer` through `frame`, at first as `start` says; what is returned ends that. */
  open(frame: HTMLElement, layer: HTMLElement, start: Looking): () => void {
    this.#zoom.on('zoom', ({ transform: { x, y, k } }: D3ZoomEvent<HTMLElement, unknown>) => {
      layer.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
      this.#show({ ...this.room, transform: [x, y, k] });
    });
    this.#zoom.on('end', () => tell(this.#rested));
    // A second tap is somebody's second tap, not a wish to be nearer.
    this.#frame = select(frame).call(this.#zoom).on('dblclick.zoom', null);
    const measure = () => this.#show({ ...this.room, width: frame.clientWidth, height: frame.clientHeight });
    measure();
    this.look(start);
    const sizes = new ResizeObserver(measure);
    sizes.observe(frame);
    return () => {
      sizes.disconnect();
      this.#frame?.on('.zoom', null);
      this.#frame = null;
    };
  }

  look({ x, y, zoom: scale }: Looking): void {
    this.#frame?.call(this.#zoom.transform, zoomIdentity.translate(x, y).scale(scale));
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

  #show(room: Room): void {
    this.room = room;
    const sight = sightOf(room);
    if (!isSameSight(sight, this.sight)) this.sight = sight;
    tell(this.#moved);
  }
}

/** A wheel turned by itself scrolls the page; one that is turned with Ctrl, as a pinch tells it, zooms. */
function isMeant({ type, ctrlKey, metaKey, button }: MouseEvent): boolean {
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
