// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The M/M/1 queue of P1 and the pipeline of P3 as a SimGrid user would write
 * them: an actor for the source and one per stage. Messages go from actor to
 * actor through mailboxes, which is SimGrid's own way; or, where channels are
 * bounded and because it is quicker, through queues in memory guarded by
 * semaphores.
 *
 * usage: simgrid_stream mm1|mm1-mailbox|pipeline MESSAGES [SEED]
 * Prints: mean latency in mean service times, nanoseconds per message.
 */
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <memory>
#include <random>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

namespace sg4 = simgrid::s4u;

static const double LOAD = 0.9;
static const int STAGES = 4;
static const unsigned CAPACITY = 64;

/* What waits for a stage: arrival times at the source. */
class Channel
{
  public:
    virtual ~Channel() = default;
    virtual void put(double arrived) = 0;
    virtual double get() = 0;
};

class MailboxChannel : public Channel
{
    sg4::Mailbox *mailbox = sg4::Mailbox::by_name("messages");

  public:
    void put(double arrived) override { mailbox->put_init(new double(arrived), 0)->detach(); }

    double get() override { return *mailbox->get_unique<double>(); }
};

class MemoryChannel : public Channel
{
    std::deque<double> waiting;
    sg4::SemaphorePtr filled = sg4::Semaphore::create(0);
    sg4::SemaphorePtr room;

  public:
    /* Capacity 0: without bound. */
    explicit MemoryChannel(unsigned capacity)
        : room(capacity ? sg4::Semaphore::create(capacity) : nullptr)
    {
    }

    void put(double arrived) override
    {
        if (room)
            room->acquire();
        waiting.push_back(arrived);
        filled->release();
    }

    double get() override
    {
        filled->acquire();
        double arrived = waiting.front();
        waiting.pop_front();
        if (room)
            room->release();
        return arrived;
    }
};

struct Model {
    std::vector<std::unique_ptr<Channel>> channels;
    std::mt19937_64 random;
    std::exponential_distribution<double> gap{LOAD}, service{1};
    long n;
    double latency = 0;

    Model(const std::string &kind, long messages, unsigned long seed) : random(seed), n(messages)
    {
        if (kind == "mm1-mailbox")
            channels.push_back(std::make_unique<MailboxChannel>());
        else
            channels.push_back(std::make_unique<MemoryChannel>(0));
        if (kind == "pipeline")
            for (int i = 1; i < STAGES; i++)
                channels.push_back(std::make_unique<MemoryChannel>(CAPACITY));
    }

    void source()
    {
        for (long i = 0; i < n; i++) {
            sg4::this_actor::sleep_for(gap(random));
            channels[0]->put(sg4::Engine::get_clock());
        }
    }

    void stage(size_t i)
    {
        for (long k = 0; k < n; k++) {
            double arrived = channels[i]->get();
            sg4::this_actor::sleep_for(service(random));
            if (i + 1 < channels.size())
                channels[i + 1]->put(arrived);
            else
                latency += sg4::Engine::get_clock() - arrived;
        }
    }
};

int main(int argc, char **argv)
{
    sg4::Engine engine(&argc, argv);
    if (argc < 3) {
        std::fprintf(stderr, "usage: simgrid_stream mm1|mm1-mailbox|pipeline MESSAGES [SEED]\n");
        return 2;
    }
    Model model(argv[1], std::atol(argv[2]), argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1);

    sg4::NetZone *world = sg4::create_full_zone("world");
    sg4::Host *host = world->create_host("host", 1e9);
    world->seal();
    sg4::Actor::create("source", host, [&model] { model.source(); });
    for (size_t i = 0; i < model.channels.size(); i++)
        sg4::Actor::create("stage" + std::to_string(i), host, [&model, i] { model.stage(i); });

    std::clock_t start = std::clock();
    engine.run();
    double elapsed_s = double(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("%.3f %.0f\n", model.latency / double(model.n), 1e9 * elapsed_s / double(model.n));
    return 0;
}
