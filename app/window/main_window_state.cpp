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
    QJsonObject rooms = rooms_->save();
    if (desk_->isOpen())
        rooms["reports"] = toJson(RoomState{.view = desk_->state()});
    return {{"format", kFormat},
            {"page", currentPage_},
            {"rooms", rooms},
            {"pending", starter_->pending()},
            {"dismissed", starter_->dismissed()},
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
    const QJsonObject rooms = saved["rooms"].toObject();
    rooms_->restore(rooms);
    desk_->restore(roomStateFrom(rooms["reports"].toObject()).view);
    starter_->restore(saved["pending"].toObject(), saved["dismissed"].toArray());
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
    starter_->catchUp();
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
