// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/job_runner.h"

#include <algorithm>
#include <new>

#include "core/base/error.h"

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace anamorph {
namespace {

/// On a machine with few cores the window goes first. On Linux a thread has a priority of its own,
/// which the threads that it starts take over.
void yield_to_the_window() {
#ifdef __linux__
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 10);
#endif
}

}  // namespace

struct JobRunner::Run {
    long number = 0;
    std::jthread thread;
};

JobRunner::JobRunner(QObject* parent) : QObject(parent) {
    timer_.setInterval(33);
    connect(&timer_, &QTimer::timeout, this, [this] {
        if (!box_) return;
        if (const auto progress = box_->take()) Q_EMIT progressed(*progress);
    });
}

JobRunner::~JobRunner() {
    for (const auto& run : runs_) run->thread.request_stop();
    runs_.clear();  // joins
}

JobRunner::Outcome JobRunner::perform(const std::function<Delivery(JobContext&)>& work,
                                      JobContext& context) {
    Outcome outcome;
    try {
        outcome.delivery = work(context);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::cancelled)
            outcome.error = QString::fromStdString(error.full_text());
    } catch (const std::bad_alloc&) {
        outcome.error = tr("There is not enough memory for this. Use fewer sites, a smaller grid, "
                           "or close other programs.");
    } catch (const std::exception& error) {
        outcome.error = tr("Something unexpected went wrong: %1.").arg(QString::fromUtf8(error.what()));
    } catch (...) {
        outcome.error = tr("Something unexpected went wrong, without a description.");
    }
    return outcome;
}

void JobRunner::startErased(std::function<Delivery(JobContext&)> work) {
    for (const auto& run : runs_) run->thread.request_stop();
    const long number = ++current_;
    box_ = std::make_shared<LatestValue<Progress>>();
    auto run = std::make_unique<Run>();
    run->number = number;
    run->thread = std::jthread([this, number, work = std::move(work), box = box_](
                                   const std::stop_token& stop) {
        yield_to_the_window();
        JobContext context(stop, box);
        const Outcome outcome = perform(work, context);
        QMetaObject::invokeMethod(
            this, [this, number, outcome] { conclude(number, outcome); }, Qt::QueuedConnection);
    });
    runs_.push_back(std::move(run));
    busy_ = true;
    timer_.start();
    Q_EMIT started();
}

void JobRunner::cancel() {
    for (const auto& run : runs_) run->thread.request_stop();
}

void JobRunner::conclude(long number, const Outcome& outcome) {
    const auto found = std::find_if(runs_.begin(), runs_.end(),
                                    [&](const auto& run) { return run->number == number; });
    const bool stopped = found != runs_.end() && (*found)->thread.get_stop_source().stop_requested();
    if (found != runs_.end()) runs_.erase(found);  // its thread has nothing left to do: joins at once
    if (number != current_) return;
    busy_ = false;
    timer_.stop();
    if (!outcome.error.isEmpty() && !stopped)
        Q_EMIT failed(outcome.error);
    else if (stopped || !outcome.delivery)
        Q_EMIT cancelled();
    else
        outcome.delivery();
    Q_EMIT finished();
}

}  // namespace anamorph
