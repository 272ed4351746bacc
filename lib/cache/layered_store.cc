// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/layered_store.h"

#include <algorithm>
#include <condition_variable>
#include <thread>
#include <utility>

namespace imgmill::cache {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The lease among those who share `store`, or null when the time for waiting is over.
LeasePtr await_lease(Store& store, const Key& key, const base::Stop& stop, Clock::time_point deadline) {
  constexpr auto kLongestPause = 32ms;
  for (auto pause = 1ms;; pause = std::min(2 * pause, kLongestPause)) {
    if (LeasePtr lease = store.try_lease(key)) return lease;
    if (Clock::now() >= deadline) return nullptr;
    stop.check();
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

// A key that a thread of this process is just computing.
struct LayeredStore::Flight {
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  ValuePtr value;  // null: it threw

  // False when the time for waiting is over.
  bool wait(const base::Stop& stop, Deadline deadline) {
    constexpr auto kGlance = 20ms;  // a Stop can't wake us
    std::unique_lock lock(mutex);
    while (!done) {
      if (Clock::now() >= deadline) return false;
      stop.check();
      ended.wait_for(lock, kGlance);
    }
    return true;
  }
};

// Ends a flight however its thread leaves.
class LayeredStore::Landing {
 public:
  Landing(LayeredStore& store, const Key& key, FlightPtr flight)
      : store_(store), key_(key), flight_(std::move(flight)) {}
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;
  ~Landing() {
    {
      const std::lock_guard lock(store_.mutex_);
      store_.flights_.erase(key_);
    }
    {
      const std::lock_guard lock(flight_->mutex);
      flight_->done = true;
    }
    flight_->ended.notify_all();
  }
  void bring(const ValuePtr& value) {
    const std::lock_guard lock(flight_->mutex);
    flight_->value = value;
  }

 private:
  LayeredStore& store_;
  const Key key_;
  const FlightPtr flight_;
};

LayeredStore::LayeredStore(const Options& options) : options_(options), memory_(options.memory) {
  if (options.folder) disk_ = std::make_unique<DiskStore>(*options.folder, options.disk);
  if (options.server) redis_ = std::make_unique<RedisStore>(*options.server, options.redis);
}

LayeredStore::~LayeredStore() {
  try {
    if (options_.record && disk_) disk_->add(statistics());
  } catch (...) {  // no memory for a few counts
  }
}

LayeredStore::Found LayeredStore::find(const Key& key, ValuePtr (Store::*get)(const Key&)) {
  if (ValuePtr value = (memory_.*get)(key)) return {std::move(value), Tier::memory};
  if (disk_) {
    if (ValuePtr value = (*disk_.*get)(key)) {
      memory_.put(key, value);
      return {std::move(value), Tier::disk};
    }
  }
  if (redis_) {
    if (ValuePtr value = (*redis_.*get)(key)) {
      memory_.put(key, value);
      if (disk_) disk_->put(key, value);
      return {std::move(value), Tier::redis};
    }
  }
  return {};
}

void LayeredStore::count_hit(const Value& value) {
  hits_ += 1;
  saved_microseconds_ += to_microseconds(value.compute_ms);
}

LayeredStore::Found LayeredStore::get(const Key& key) {
  Found found = find(key, &Store::get);
  if (found.value) {
    count_hit(*found.value);
  } else {
    misses_ += 1;
  }
  return found;
}

void LayeredStore::put(const Key& key, const ValuePtr& value) {
  memory_.put(key, value);
  if (disk_) disk_->put(key, value);
  if (redis_) redis_->put(key, value);
}

// What was counted as a miss has become a hit.
LayeredStore::Found LayeredStore::count_late_hit(Found found) {
  misses_ -= 1;
  count_hit(*found.value);
  return found;
}

LayeredStore::Found LayeredStore::compute(const Key& key, const Compute& compute, const base::Stop& stop) {
  const Deadline deadline = Clock::now() + options_.patience;
  for (;;) {
    FlightPtr flight;
    bool leads = false;
    {
      const std::lock_guard lock(mutex_);
      FlightPtr& place = flights_[key];
      leads = place == nullptr;
      if (leads) place = std::make_shared<Flight>();
      flight = place;
    }
    if (leads) {
      Landing landing(*this, key, flight);
      Found found = lead(key, compute, stop, deadline);
      landing.bring(found.value);
      return found;
    }
    if (!flight->wait(stop, deadline)) return {compute(), {}};
    if (flight->value) return count_late_hit({flight->value, Tier::memory});
  }
}

// Alone among the threads of this process. Both leases are given back after the value is stored.
LayeredStore::Found LayeredStore::lead(const Key& key, const Compute& compute, const base::Stop& stop,
                                       Deadline deadline) {
  const LeasePtr of_machine = disk_ ? await_lease(*disk_, key, stop, deadline) : nullptr;
  const LeasePtr of_hosts = redis_ ? await_lease(*redis_, key, stop, deadline) : nullptr;
  // Another may have been faster between our look and our turn.
  if (Found found = find(key, &Store::get_again); found.value) return count_late_hit(std::move(found));
  ValuePtr value = compute();
  put(key, value);
  return {std::move(value), {}};
}

LayeredStore::Found LayeredStore::get_or_compute(const Key& key, const Compute& compute, const base::Stop& stop) {
  Found found = get(key);
  return found.value ? found : this->compute(key, compute, stop);
}

Store* LayeredStore::tier(Tier tier) {
  switch (tier) {
    case Tier::memory:
      return &memory_;
    case Tier::disk:
      return disk_.get();
    case Tier::redis:
      return redis_.get();
  }
  return nullptr;
}

Statistics LayeredStore::statistics() const {
  Statistics statistics;
  statistics.of(Tier::memory) = memory_.counts();
  if (disk_) statistics.of(Tier::disk) = disk_->counts();
  if (redis_) statistics.of(Tier::redis) = redis_->counts();
  statistics.hits = hits_;
  statistics.misses = misses_;
  statistics.saved_microseconds = saved_microseconds_;
  return statistics;
}

std::vector<std::string> LayeredStore::take_warnings() {
  std::vector<std::string> all;
  for (const Tier kind : kTiers) {
    Store* const store = tier(kind);
    if (store == nullptr) continue;
    for (std::string& line : store->take_warnings()) all.push_back(std::move(line));
  }
  return all;
}

}  // namespace imgmill::cache
