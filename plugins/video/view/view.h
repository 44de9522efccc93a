#pragma once

#include "plugins/video/figures/figures.h"
#include "plugins/video/view/clips.h"
#include "plugins/video/view/playback_stream.h"
#include "widgets/page/room_view.h"
#include "widgets/player/pane.h"

#include <QImage>

#include <map>
#include <memory>

class QStackedWidget;

namespace vitrine
{
class SegmentedSwitch;

namespace player
{
class Player;
struct PlayerState;
} // namespace player
} // namespace vitrine

namespace vitrine::video_plugin
{

class ClipExport;
class CurvesPage;
class PaneChips;

// Moving pictures of one run or several, and of files that were opened or dropped, in a player;
// beside it the curves. Every wish of a person becomes a new state through ViewContext::change.
// Keys of the state: README.md.
class VideoView : public RoomView
{
    Q_OBJECT
public:
    VideoView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;

    player::Player* player() const { return player_; }
    // The frame that a pane shows, in its own pixels; an error while it is not decoded yet.
    Result<QImage> still(int pane) const;
    // Writes the frame that a pane shows: its own pixels, or those below a caption.
    Result<void> saveStill(int pane, const QString& path, bool captioned) const;
    // The panes side by side, frames of the loop or all: .mkv without loss, .mp4 nearly.
    void saveClip(const QString& path);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

    bool hasContent() const override { return !offers_.empty() && !isOpeningFirst(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override { askForFiles(); }
    Notice notice() const override { return {failure_, {}}; }
    QString busy() const override;

private:
    QWidget* makeContent();
    void makeActions();
    void connectParts();

    // What is played: a choice of clips with what it is called here.
    struct Offer {
        QString id, name;
        int colour = 0, line = 0;
        std::string run; // uid; empty: a file that was opened
        ClipChoice choice;
    };
    struct Opened {
        std::shared_ptr<PlaybackStream> stream; // none: why not
        QString trouble, warning;
        bool hasSideData = false;
        bool isVerified = false; // compared with the run's hash, or nothing to compare
    };
    void gatherOffers();
    std::vector<std::size_t> shownOffers() const; // at most as many as the player takes
    const Clip& clipOf(const Offer& offer) const;
    LineLook lookOf(const LineId& line) const;
    double wishedRate() const;
    void openStreams();
    void verify();
    void fillPlayer();
    player::Pane paneOf(const Offer& offer, const Opened& opened) const;
    void showChips();
    void choosePage(); // the player or the curves
    bool isOpeningFirst() const;
    void changePlayer(const player::PlayerState& state, const QString& label,
                      const QString& mergeKey);
    void openFiles(const QStringList& paths);
    void askForFiles();
    void askForStill(int pane);
    void askForClip();
    void copyPicture(int pane);
    void showMenu(QPoint place, int pane); // -1: between the panes
    void showKeys();

    std::vector<RunHandle> done_;
    std::vector<Offer> offers_;
    std::map<std::string, Opened> opened_; // by path
    bool isOpening_ = false, isVerifying_ = false;

    QStackedWidget* content_ = nullptr;
    SegmentedSwitch* pageSwitch_ = nullptr;
    PaneChips* chips_ = nullptr;
    player::Player* player_ = nullptr;
    CurvesPage* curves_ = nullptr;
    ClipExport* export_ = nullptr;
};

} // namespace vitrine::video_plugin
