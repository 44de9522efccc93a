#include "app/window/main_window.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QJsonArray>
#include <QMimeData>
#include <QStackedWidget>

#include "app/window/help_panel.h"
#include "app/window/home_page.h"
#include "app/window/room_page.h"
#include "widgets/report/reports_page.h"
#include "widgets/runs/runs_page.h"

namespace vitrine
{
namespace
{

constexpr QSize kThumbnail(720, 450);
constexpr int kFormat = 1; // of window.json

} // namespace

QJsonObject MainWindow::collectState() const
{
    if (!restored_)
        return {}; // nothing may be written over what has not been read
    settings::setWindowGeometry(saveGeometry()); // a killed window comes back in its size
    QJsonObject rooms = savedRooms_;
    for (const auto& [id, page] : rooms_)
        rooms[id] = page->saved();
    if (reports_ != nullptr)
        rooms["reports"] = toJson(RoomState{.view = reports_->state()});
    QJsonObject pending;
    for (const auto& [uid, wanted] : pending_)
        pending[uid] = QJsonObject{
            {"room", wanted.room}, {"compare", wanted.compare}, {"form", textsToJson(wanted.form)}};
    return {{"format", kFormat},
            {"page", currentPage_},
            {"rooms", rooms},
            {"pending", pending},
            {"dismissed", QJsonArray::fromStringList(dismissed_)},
            {"history", history_->save()},
            {"runs", runs_ != nullptr ? runs_->state() : savedRuns_},
            {"folded", formFolded_},
            {"form_beside_runs", formBesideRuns_},
            {"layout", QString::fromLatin1(saveState().toBase64())}};
}

void MainWindow::restoreState()
{
    QJsonObject saved = workspace_->load();
    if (const int format = saved["format"].toInt(kFormat); format > kFormat) {
        // Runs are safe in the store, which has a version of its own; only the layout begins anew.
        const QString kept = workspace_->keepAside(format);
        showMessage(
            QString("The layout of this workspace was written by a newer Vitrine (format "
                    "%1, this one reads up to %2): it is kept as %3, and a fresh one begins")
                .arg(format)
                .arg(kFormat)
                .arg(kept));
        saved = {};
    }
    savedRooms_ = saved["rooms"].toObject();
    const QJsonObject pending = saved["pending"].toObject();
    for (auto it = pending.begin(); it != pending.end(); ++it)
        pending_[it.key()] = {.room = it.value().toObject()["room"].toString(),
                              .compare = it.value().toObject()["compare"].toBool(),
                              .form = textsFrom(it.value().toObject()["form"].toObject())};
    for (const auto& uid : saved["dismissed"].toArray())
        dismissed_ << uid.toString();
    formFolded_ = saved["folded"].toBool();
    formBesideRuns_ = saved["form_beside_runs"].toBool();
    if (saved.contains("layout"))
        QMainWindow::restoreState(QByteArray::fromBase64(saved["layout"].toString().toLatin1()));
    dock_->hide();
    help_->hide();
    history_->restore(saved["history"].toObject());
    savedRuns_ = saved["runs"].toObject();
    showPage(saved["page"].toString("home"));
    restored_ = true;
    // Runs that were stored while nobody watched; those that go on, or are imported now, are told
    // by the runner.
    const auto waiting = pending_;
    for (const auto& [uid, wanted] : waiting) {
        if (const auto stored = runner_->load(uid); stored && !runner_->status(uid))
            onFinished(*stored);
    }
}

void MainWindow::keepThumbnail()
{
    const QPixmap picture = pages_->currentWidget()->grab().scaled(
        kThumbnail, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    picture.copy(QRect(QPoint(), kThumbnail))
        .save(QString::fromStdString(workspace_->store().string()) + ".d/thumbnail.png");
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (restored_) {
        if (currentPage_ != "home")
            keepThumbnail();
        workspace_->saveNow();
        settings::setWindowGeometry(saveGeometry());
    }
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!event->mimeData()->hasUrls())
        return;
    event->acceptProposedAction();
    home_->setOver(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    home_->setOver(false);
}

void MainWindow::dropEvent(QDropEvent* event)
{
    home_->setOver(false);
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            openPath(url.toLocalFile());
    }
}

} // namespace vitrine
