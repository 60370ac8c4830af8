-- What a plan makes of the lead, before the lead is placed.

local PLACEMENT = baton.PLACEMENT

-- The lead after the plan, before its changes are counted. `args`: ARGV of the plan; `email`: hash.
function baton.merge(before, plan, args, now, email)
  local offer, keep = plan.placement == PLACEMENT.offer, plan.placement == PLACEMENT.keep
  local enters = offer and (plan.cycle ~= before.cycle or before.queued_at == 0)
  local replaced = offer or plan.judgment
  local stays = keep or (not offer and plan.stage == baton.STAGE.WON)
  return {
    revision = before.revision + 1, version = before.version, stage = plan.stage,
    cycle = plan.cycle, queue = plan.queue, rep = stays and before.rep or '',
    generation = before.generation, queued_at = enters and now or before.queued_at,
    offered_at = before.offered_at, due_at = keep and plan.due_at or 0,
    timer = keep and plan.timer or baton.TIMER.none,
    priority = plan.judgment and plan.priority or before.priority,
    accepted_at = plan.accepted_at, journeyed = before.journeyed, passed = plan.passed,
    skills = plan.skills, traceparent = args[5],
    owners = plan.owners, owners_only = plan.owners_only, wait_until = plan.wait_until,
    clock_at = plan.clock_at, watched = plan.watched, hours = keep and before.hours or '',
    chosen_by = before.chosen_by, choice = replaced and '' or before.choice,
    extra = before.extra, candidates = replaced and '' or before.candidates, rest = args[6],
    facts = plan.facts and args[7] or before.facts,
    origin = plan.facts and args[8] or before.origin,
    scores = plan.judgment and args[9] or before.scores,
    judgment = plan.judgment and args[10] or before.judgment,
    email = plan.facts and email or before.email,
  }
end
