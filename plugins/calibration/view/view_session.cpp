#include "core/jobs/experiment/param_texts.h"
#include "plugins/calibration/view/maps_panel.h"
#include "plugins/calibration/view/view.h"

#include <QTimer>

// The live session behind the tuning view.
namespace vitrine::calibration_plugin
{

CalibrationView::Values CalibrationView::wished() const
{
    Values given = paramTexts(scene_->wished);
    given["keep"] = headText(scene_->head);
    return given;
}

LiveRun* CalibrationView::live()
{
    if (live_)
        return live_;
    live_ = context_.openLive(this, "calibration.tune");
    connect(live_, &LiveRun::updated, this, &CalibrationView::takeLive);
    connect(live_, &LiveRun::refused, this, [this](const QString& message) {
        notice_ = message;
        showBusy();
        showPage();
    });
    connect(live_, &LiveRun::died, this, [this](const QString& lastWords) {
        notice_ = lastWords;
        liveDied_ = true;
        showBusy();
        showPage();
    });
    return live_;
}

void CalibrationView::ask()
{
    const bool asStored = tuningOf(scene_->wished, stored_.front().run->params).all().empty() &&
                          stored_.front().keeps(scene_->head);
    if (asStored) {
        asked_.clear();
        if (!notice_.isEmpty() && !liveDied_) {
            notice_.clear(); // what was refused is not wished any more
            showPage();
        }
        if (liveRun_) {
            liveRun_.reset();
            makeScene();
            refresh();
            slowTimer_->start();
        }
        showBusy();
        return;
    }
    const Values wish = wished();
    if (wish == asked_)
        return;
    asked_ = wish;
    live()->update(wish);
    if (!busyTimer_->isActive())
        busyTimer_->start();
}

void CalibrationView::takeLive(const RunHandle& run)
{
    if (asked_.empty() || stored_.empty())
        return; // nobody waits for it any more
    const auto opened = std::make_shared<Result<TunedRun>>(failure("not opened"));
    context_.compute(
        this, QStringLiteral("live"),
        [opened, run, like = stored_.front()] { *opened = openTuned(run, &like); },
        [this, opened] {
            if (asked_.empty() || stored_.empty())
                return;
            if (!*opened) {
                // The session has gone on and removed the files; its next answer is under way.
                if (!live_->isBusy()) {
                    notice_ = text(opened->error().message);
                    showPage();
                }
                return;
            }
            if (!notice_.isEmpty() || liveDied_) {
                notice_.clear();
                liveDied_ = false;
                showPage();
            }
            liveRun_ = std::move(**opened);
            makeScene();
            refresh();
            if (!slowTimer_->isActive())
                slowTimer_->start();
            showBusy();
            emit shown();
        });
}

void CalibrationView::showBusy()
{
    maps_->setBusy(live_ && !asked_.empty() && live_->isBusy() && !liveDied_);
}

} // namespace vitrine::calibration_plugin
