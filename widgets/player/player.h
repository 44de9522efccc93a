#pragma once

#include "widgets/player/pane.h"
#include "widgets/player/scene.h"
#include "widgets/player/timeline.h"
#include "widgets/player/transport.h"
#include "widgets/player/transport_bar.h"

#include <QWidget>

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <vector>

class QScrollArea;
class QVBoxLayout;

namespace vitrine::player
{

class Canvas;
class Inspector;
class Scopes;
class ViewBar;

// Work on another thread, then `done` in the window's: as ViewContext::compute.
using Compute = std::function<void(QObject* owner, const QString& key, std::function<void()> work,
                                   std::function<void()> done)>;

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
    const std::vector<Pane>& panes() const { return panes_; }
    void setState(const PlayerState& state);
    const PlayerState& state() const { return state_; }
    // A row of the owner's own below the player's tools: choice of panes.
    void insertRow(QWidget* row);

    Transport& transport() { return transport_; }
    Canvas* canvas() const { return canvas_; }
    Timeline* timeline() const { return timeline_; }
    Inspector* inspector() const { return inspector_; }
    Scopes* scopes() const { return scopes_; }

    int firstPane() const;
    int secondPane() const; // -1: there is one pane only
    std::int64_t offsetOf(int pane) const;
    PaneMoment momentOf(int pane, std::int64_t moment) const;
    // None in a hole of its times and where the stream has no more.
    std::optional<std::int64_t> frameAt(int pane, std::int64_t moment) const;
    std::int64_t momentAt(int pane, std::int64_t frame) const; // of a frame that there is
    bool
    isSettled() const; // the frames of this moment are on the screen, measured where they can be
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
    void seek(std::int64_t moment, bool dragging);
    void keepFrame(const QString& label);
    void setPairOf(bool first, int pane);
    void shift(int pane, int by);
    void zoomTo(double zoom);
    void zoomBy(double factor);
    void panBy(double x, double y);

    // Decoding.
    void listen();
    void want();
    bool isReady(std::int64_t moment) const;
    std::int64_t length() const;
    Timeline::Ranges cachedMoments() const;
    void frameArrived();
    void updateCached();

    // Pictures.
    void moved(std::int64_t moment);
    SceneRequest request(std::int64_t moment) const;
    void makeScene(std::int64_t moment);
    void takeScene(Scene scene);
    void makeNext();
    void present(Scene scene);
    void placesChanged();

    // Numbers.
    using Values = std::map<std::pair<QString, std::int64_t>, std::array<double, 4>>;
    bool hasStoredMeasures(int pane) const; // they are of these pairs of frames
    void measure();
    std::vector<double> qualities(int pane, const QString& measure) const; // by moment
    double qualityOf(int pane, std::int64_t moment, const QString& measure) const;
    QString pairKey(int pane) const;
    void updateLive();
    void updateScopes();
    void updateTimeline();
    void updateBars();
    std::vector<Measure> measures() const;
    void goToWorst(bool back);
    void goToKey(bool back);

    Compute compute_;
    std::vector<Pane> panes_;
    PlayerState state_;
    Transport transport_;
    bool isGoingBack_ = false;
    std::optional<std::int64_t> worst_; // the moment that the last jump to a worst frame went to

    std::uint64_t version_ = 1; // of everything a scene depends on but the moment
    bool isMaking_ = false;
    std::optional<Scene> ready_; // of the moment that comes next
    std::atomic<bool> arrival_{false};
    QTimer cachedTimer_, timelineTimer_;
    Values live_; // by pair of panes and moment: PSNR Y, U, V, SSIM; NaN: cannot be measured
    bool isMeasuring_ = false, isScoping_ = false;
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
