// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The M/M/1 queue of P1 and the pipeline of P3 on the event core of ns-3: an
 * event per arrival and one per end of service.
 *
 * usage: ns3_stream mm1|pipeline MESSAGES [SEED]
 * Prints: mean latency in mean service times, nanoseconds per message.
 */
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <ns3/core-module.h>
#include <string>
#include <vector>

using namespace ns3;

static const double LOAD = 0.9;
static const size_t CAPACITY = 64;

static Ptr<ExponentialRandomVariable> exponential(double mean)
{
    Ptr<ExponentialRandomVariable> law = CreateObject<ExponentialRandomVariable>();
    law->SetAttribute("Mean", DoubleValue(mean));
    return law;
}

static long n_done;
static double latency_s;

class Stage
{
    std::deque<double> waiting; /* arrival times at the source */
    Ptr<ExponentialRandomVariable> service = exponential(1);
    double in_hand = 0;
    bool busy = false, blocked = false;

  public:
    Stage *next = nullptr, *previous = nullptr;

    bool full() const { return busy && waiting.size() >= CAPACITY; }

    void put(double arrived_s)
    {
        waiting.push_back(arrived_s);
        if (!busy)
            begin();
    }

  private:
    void begin()
    {
        busy = true;
        in_hand = waiting.front();
        waiting.pop_front();
        Simulator::Schedule(Seconds(service->GetValue()), &Stage::end, this);
        if (previous && previous->blocked)
            previous->hand_on();
    }

    void end()
    {
        if (next && next->full())
            blocked = true;
        else
            hand_on();
    }

    void hand_on()
    {
        double arrived_s = in_hand;
        busy = blocked = false;
        if (next) {
            next->put(arrived_s);
        } else {
            n_done++;
            latency_s += Simulator::Now().GetSeconds() - arrived_s;
        }
        if (!busy && !waiting.empty())
            begin();
    }
};

class Source
{
    Ptr<ExponentialRandomVariable> gap = exponential(1 / LOAD);
    Stage *first;
    long left;

  public:
    Source(Stage *stage, long n) : first(stage), left(n) {}

    void schedule()
    {
        if (left-- > 0)
            Simulator::Schedule(Seconds(gap->GetValue()), &Source::arrive, this);
    }

  private:
    void arrive()
    {
        first->put(Simulator::Now().GetSeconds());
        schedule();
    }
};

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::fprintf(stderr, "usage: ns3_stream mm1|pipeline MESSAGES [SEED]\n");
        return 2;
    }
    long n = std::atol(argv[2]);
    RngSeedManager::SetSeed(argc > 3 ? unsigned(std::atol(argv[3])) : 1);

    std::vector<Stage> stages(std::string(argv[1]) == "mm1" ? 1 : 4);
    for (size_t i = 1; i < stages.size(); i++) {
        stages[i - 1].next = &stages[i];
        stages[i].previous = &stages[i - 1];
    }
    Source source(&stages[0], n);
    source.schedule();

    std::clock_t start = std::clock();
    Simulator::Run();
    double elapsed_s = double(std::clock() - start) / CLOCKS_PER_SEC;
    Simulator::Destroy();
    if (n_done != n)
        return 1;
    std::printf("%.3f %.0f\n", latency_s / double(n), 1e9 * elapsed_s / double(n));
    return 0;
}
