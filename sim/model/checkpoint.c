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

uint64_t checkpoint_cycle(const struct checkpoint_params *checkpoint)
{
    return checkpoint_content(checkpoint)->cycle(checkpoint->content.params);
}
