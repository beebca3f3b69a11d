// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failure domains: what fails together, from the innermost to the outermost. A failure has a
 * severity, the widest domain whose contents it destroys; what is stored survives the loss of some
 * domains. It is lost if the severity is beyond what it survives.
 */
#ifndef MODEL_DOMAIN_H
#define MODEL_DOMAIN_H

enum domain {
    DOMAIN_NONE = -1, /* nothing is lost */
    DOMAIN_PROCESS,
    DOMAIN_CONTAINER,
    DOMAIN_NODE,
    DOMAIN_RACK,
    DOMAIN_ZONE,
    DOMAIN_SITE,
    N_DOMAINS
};

/* "process", "container", ..., as in scenarios; ends with NULL. */
extern const char *const domain_names[N_DOMAINS + 1];

#endif
