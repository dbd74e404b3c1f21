import type { FinalStatus, Pipeline } from './pipeline.ts';
import type { GitlabWorld } from './gitlab-world.ts';

const outcomes: readonly FinalStatus[] = ['success', 'failed', 'canceled'];

/** `POST /_sandbox/{pipeline,hold-jobs,deliveries,redeliver}`. */
export function gitlabControls(world: () => GitlabWorld) {
  return {
    /** {id, status}: ends the pipeline, whatever its jobs do; manual ones keep waiting. */
    async pipeline(body: unknown) {
      const { id, status } = body as { id?: unknown; status?: unknown };
      const outcome = outcomes.find((candidate) => candidate === status);
      if (!outcome) throw new Error(`status: one of ${outcomes.join(', ')}`);
      const { state, pipeline } = world().pipelineOf(Number(id));
      await state.scheduler.force(pipeline, outcome);
      return summary(pipeline);
    },

    /** {on}: while on, jobs of every project stay pending, as if the runners were offline. */
    'hold-jobs'(body: unknown) {
      const { on } = body as { on?: unknown };
      if (typeof on !== 'boolean') throw new Error('on: true or false');
      for (const { scheduler } of world().projects) scheduler.hold(on);
      return { on };
    },

    /** {hookId?}: what was sent, or tried. */
    deliveries(body: unknown) {
      const { hookId } = body as { hookId?: unknown };
      return world().sender.deliveries.filter(
        (delivery) => hookId === undefined || delivery.hookId === hookId,
      );
    },

    /** {id}: the same body and key once more, freshly signed. */
    redeliver(body: unknown) {
      return world().sender.redeliver(Number((body as { id?: unknown }).id));
    },
  };
}

function summary({ id, status }: Pipeline) {
  return { id, status };
}
