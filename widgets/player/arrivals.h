#pragma once

#include "widgets/player/pane.h"

#include <atomic>
#include <functional>

class QObject;

namespace vitrine::player
{

// Frames as they are decoded, told in the owner's thread: a burst from the decoding threads is
// told once.
class Arrivals
{
public:
    // Outlived by the owner.
    Arrivals(QObject* owner, std::function<void()> arrived);
    ~Arrivals() { listenTo({}); }
    Arrivals(const Arrivals&) = delete;
    Arrivals& operator=(const Arrivals&) = delete;

    void listenTo(const std::vector<Pane>& panes); // and to no others any more

private:
    QObject* owner_;
    std::function<void()> arrived_;
    std::vector<std::shared_ptr<Stream>> streams_;
    std::atomic<bool> isTold_{false}; // and has not been heard
};

} // namespace vitrine::player
