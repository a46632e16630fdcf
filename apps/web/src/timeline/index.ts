export { Timeline, Timeline as default, type TimelineProps } from './Timeline.tsx';
