#pragma once

#include "widgets/player/compute.h"
#include "widgets/player/pane_set.h"
#include "widgets/player/transport.h"

#include <functional>
#include <optional>

namespace vitrine::player
{

// Makes the pictures of the transport's moment on another thread, one scene at a time, and while it
// plays those of the next moment ahead. Window's thread.
class SceneMaker
{
public:
    // Of a moment; none where there is nothing to show it on. The version is the maker's.
    using Request = std::function<std::optional<SceneRequest>(std::int64_t moment)>;
    using Present = std::function<void(Scene scene)>;

    // Outlived by all of them; nothing is presented once the owner is gone.
    SceneMaker(Compute compute, QObject* owner, const PaneSet& panes, const Transport& transport,
               Request request, Present present);

    void renew(); // what scenes depend on but the moment is another: those made so far are old
    void dropNext() { next_.reset(); }
    // While one is made this is passed over: what is due is looked at when it is done.
    void make(std::int64_t moment);
    void makeNext();                // while playing, once it is decoded
    void show(std::int64_t moment); // the one made ahead, or made now

    bool isMaking() const { return isMaking_; }
    std::uint64_t version() const { return version_; }

private:
    void take(Scene scene);

    Compute compute_;
    QObject* owner_;
    const PaneSet& panes_;
    const Transport& transport_;
    Request request_;
    Present present_;
    std::uint64_t version_ = 1;
    bool isMaking_ = false;
    std::optional<Scene> next_;
};

} // namespace vitrine::player
