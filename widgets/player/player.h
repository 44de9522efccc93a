#pragma once

#include "widgets/player/arrivals.h"
#include "widgets/player/measurements.h"
#include "widgets/player/pane_set.h"
#include "widgets/player/player_edits.h"
#include "widgets/player/scene_maker.h"
#include "widgets/player/scope_maker.h"
#include "widgets/player/transport.h"
#include "widgets/player/transport_bar.h"

#include <QTimer>
#include <QWidget>

#include <optional>
#include <vector>

namespace vitrine::player
{

class Canvas;
class Inspector;
class Scopes;
class ViewBar;

// N synchronised moving pictures with transport, timeline, overlays, read-outs and scopes. Shows
// one state; what a person wishes is told by `edited`, and comes back through setState. While it
// plays the frame is its own, and told when playing stops. Window's thread.
class Player : public QWidget
{
    Q_OBJECT
public:
    Player(const Compute& compute, QWidget* parent);

    void setPanes(std::vector<Pane> panes); // at most kMostPanes; the first is the reference
    void setState(const PlayerState& state);
    const PaneSet& paneSet() const { return panes_; }
    const std::vector<Pane>& panes() const { return panes_.panes(); }
    const PlayerState& state() const { return panes_.state(); }

    Transport& transport() { return transport_; }
    Canvas* canvas() const { return canvas_; }
    Timeline* timeline() const { return timeline_; }
    Inspector* inspector() const { return inspector_; }
    Scopes* scopes() const { return scopes_; }

    // The frames of this moment are on the screen, measured where they can be.
    bool isSettled() const;

    void act(Act act);
    bool pressKey(int key, Qt::KeyboardModifiers modifiers); // false: it means nothing here

    static constexpr int kMostPanes = 8;

signals:
    void edited(const vitrine::player::PlayerState& state, const QString& label,
                const QString& mergeKey);
    void stillWished(int pane);
    void helpWished();
    void shown(std::int64_t moment); // pictures of this moment are on the screen

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void makeLayout();
    void connectParts();
    void edit(const PlayerState& after, const QString& label, const QString& mergeKey = {});
    void wish(const std::optional<Edit>& edit);
    void seek(std::int64_t moment);
    void keepFrame(const QString& label);
    void frameArrived();
    void moved(std::int64_t moment);
    void redraw(); // the same moment, with everything else new
    void present(Scene scene);

    void updateLive();
    void updateTimeline();
    void updateBars();
    void updateCached();

    PaneSet panes_;
    Transport transport_;
    SceneMaker scenes_;
    Measurements measurements_;
    ScopeMaker scopeMaker_;
    Arrivals arrivals_;
    bool isGoingBack_ = false;
    std::optional<std::int64_t> worst_; // the moment that the last jump to a worst frame went to
    QTimer cachedTimer_, timelineTimer_;

    ViewBar* bar_;
    Canvas* canvas_;
    QWidget* side_;
    Inspector* inspector_;
    Scopes* scopes_;
    Timeline* timeline_;
    TransportBar* transportBar_;
};

} // namespace vitrine::player
