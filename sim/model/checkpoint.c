// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/checkpoint.h"

const struct dist *checkpoint_latency(const struct checkpoint_params *checkpoint)
{
    const struct coordination_ops *ops = checkpoint_coordination(checkpoint);
    return ops->latency ? ops->latency(checkpoint->coordination.params) : NULL;
}

static const struct dist *if_given(const struct dist *law)
{
    return dist_is_given(law) ? law : NULL;
}

const struct dist *checkpoint_delta_cost(const struct checkpoint_params *checkpoint)
{
    const struct content_ops *ops = checkpoint_content(checkpoint);
    return ops->delta_cost ? if_given(ops->delta_cost(checkpoint->content.params)) : NULL;
}

const struct dist *checkpoint_delta_restore(const struct checkpoint_params *checkpoint)
{
    const struct content_ops *ops = checkpoint_content(checkpoint);
    return ops->delta_restore ? if_given(ops->delta_restore(checkpoint->content.params)) : NULL;
}

const struct batch_params *checkpoint_batches(const struct checkpoint_params *checkpoint)
{
    const struct coordination_ops *ops = checkpoint_coordination(checkpoint);
    return ops->batches ? ops->batches(checkpoint->coordination.params) : NULL;
}

const struct dist *checkpoint_direct_cost(const struct checkpoint_params *checkpoint, bool is_base)
{
    const struct dist *delta_cost = is_base ? NULL : checkpoint_delta_cost(checkpoint);
    return delta_cost ? delta_cost : if_given(&checkpoint->cost);
}

uint64_t checkpoint_cycle(const struct checkpoint_params *checkpoint)
{
    const struct content_ops *ops = checkpoint_content(checkpoint);
    return ops->cycle ? ops->cycle(checkpoint->content.params) : 1;
}

bool checkpoint_may_restart(const struct checkpoint_params *checkpoint)
{
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    return checkpoint->tolerable_failures != TOLERATES_ALL ||
           (trigger->stops && trigger->stops(checkpoint->trigger.params));
}

const struct overtaking *checkpoint_overtaking(const struct checkpoint_params *checkpoint)
{
    const struct coordination_ops *ops = checkpoint_coordination(checkpoint);
    return ops->overtaking ? ops->overtaking(checkpoint->coordination.params) : NULL;
}
