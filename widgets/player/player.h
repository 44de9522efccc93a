#pragma once

#include "widgets/player/measurements.h"
#include "widgets/player/pane_set.h"
#include "widgets/player/player_edits.h"
#include "widgets/player/scene_maker.h"
#include "widgets/player/transport.h"
#include "widgets/player/transport_bar.h"

#include <QTimer>
#include <QWidget>

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

class QVBoxLayout;

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
    Player(Compute compute, QWidget* parent);
    ~Player() override;

    void setPanes(std::vector<Pane> panes); // at most kMostPanes; the first is the reference
    void setState(const PlayerState& state);
    const PaneSet& paneSet() const { return panes_; }
    const std::vector<Pane>& panes() const { return panes_.panes(); }
    const PlayerState& state() const { return panes_.state(); }
    std::int64_t offsetOf(int pane) const { return panes_.offsetOf(pane); }
    PaneMoment momentOf(int pane, std::int64_t moment) const
    {
        return panes_.momentOf(pane, moment);
    }
    // A row of the owner's own below the player's tools: choice of panes.
    void insertRow(QWidget* row);

    Transport& transport() { return transport_; }
    Canvas* canvas() const { return canvas_; }
    Timeline* timeline() const { return timeline_; }
    Inspector* inspector() const { return inspector_; }
    Scopes* scopes() const { return scopes_; }

    // The frames of this moment are on the screen, measured where they can be.
    bool isSettled() const;
    QString statusText() const;

    void act(Act act);
    bool pressKey(int key, Qt::KeyboardModifiers modifiers); // false: it means nothing here
    // Every key with its meaning, in order of the list that is shown.
    static std::vector<std::pair<QString, QString>> keyList();

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
    void goToWorst(int step);

    void listen(const std::function<void(std::int64_t)>& arrived);
    void want();
    void frameArrived();
    void moved(std::int64_t moment);
    void redraw(); // the same moment, with everything else new
    std::optional<SceneRequest> request(std::int64_t moment) const;
    void present(Scene scene);

    void updateLive();
    void updateScopes();
    void updateTimeline();
    void updateBars();
    void updateCached();

    Compute compute_;
    PaneSet panes_;
    Transport transport_;
    SceneMaker scenes_;
    Measurements measurements_;
    bool isGoingBack_ = false;
    std::optional<std::int64_t> worst_; // the moment that the last jump to a worst frame went to
    std::atomic<bool> arrival_{false};
    QTimer cachedTimer_, timelineTimer_;
    bool isScoping_ = false;
    std::int64_t scoped_ = -1;
    std::uint64_t scopedVersion_ = 0;

    ViewBar* bar_;
    Canvas* canvas_;
    QWidget* side_;
    Inspector* inspector_;
    Scopes* scopes_;
    Timeline* timeline_;
    TransportBar* transportBar_;
    QVBoxLayout* rows_;
};

} // namespace vitrine::player
