#include "plugins/video/view/clip_export.h"
#include "plugins/video/view/stills.h"
#include "plugins/video/view/view.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/player/canvas.h"
#include "widgets/player/player.h"
#include "widgets/player/player_keys.h"

#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QJsonArray>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QRegularExpression>
#include <QStackedWidget>

#include <algorithm>

namespace vitrine::video_plugin
{
namespace
{

QStringList localFiles(const QMimeData* data)
{
    QStringList files;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            files << url.toLocalFile();
    return files;
}

} // namespace

// Keys that nothing with the focus takes are the player's.
void VideoView::keyPressEvent(QKeyEvent* event)
{
    const bool isPlayer = hasContent() && content_->currentIndex() == 0;
    if (event->key() == Qt::Key_F5 || event->key() == Qt::Key_F6)
        emit pageSwitch_->chosen(event->key() == Qt::Key_F6 ? 1 : 0);
    else if (!isPlayer || !player_->pressKey(event->key(), event->modifiers()))
        View::keyPressEvent(event);
}

void VideoView::dragEnterEvent(QDragEnterEvent* event)
{
    if (!localFiles(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void VideoView::dropEvent(QDropEvent* event)
{
    openFiles(localFiles(event->mimeData()));
    event->acceptProposedAction();
}

void VideoView::openFiles(const QStringList& paths)
{
    QJsonArray files = state_["files"].toArray();
    for (const QString& path : paths)
        if (const QString absolute = QFileInfo(path).absoluteFilePath();
            !files.contains(QJsonValue(absolute)))
            files.append(absolute);
    put("files", files, tr("Open %n file(s)", nullptr, static_cast<int>(paths.size())));
}

void VideoView::askForFiles()
{
    auto* dialog = new QFileDialog(this, tr("Open videos"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &VideoView::openFiles);
    dialog->open();
}

Result<QImage> VideoView::still(int pane) const
{
    const auto& panes = player_->panes();
    if (pane < 0 || pane >= static_cast<int>(panes.size()))
        return argumentError("there is no pane {}", pane);
    const player::Pane& one = panes[static_cast<std::size_t>(pane)];
    const std::int64_t position = player_->transport().position();
    const player::PaneMoment moment = player_->paneSet().momentOf(pane, position);
    if (!moment.isExact() || !moment.frame->error.empty())
        return failure("frame {} of {} is not decoded yet: wait for its picture", moment.wanted,
                       one.name.toStdString());
    return stillOf(moment.frame->frame);
}

Result<void> VideoView::saveStill(int pane, const QString& path, bool isCaptioned) const
{
    VITRINE_TRY(QImage picture, still(pane));
    if (isCaptioned) {
        const player::Pane& one = player_->panes()[static_cast<std::size_t>(pane)];
        const player::PaneMoment moment =
            player_->paneSet().momentOf(pane, player_->transport().position());
        picture =
            captioned(picture, tr("%1, frame %2").arg(one.name).arg(moment.wanted), one.detail);
    }
    if (!picture.save(path, "PNG"))
        return failure("cannot write {}: is the folder there, and may it be written to?",
                       path.toStdString());
    return {};
}

// One pane, or each into a file of its own name.
void VideoView::askForStill(int pane)
{
    if (player_->panes().empty())
        return;
    auto* dialog = new QFileDialog(this, pane < 0 ? tr("Save stills") : tr("Save still"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Exact pixels (*.png)"), tr("With a caption (*.png)")});
    dialog->setDefaultSuffix("png");
    dialog->selectFile(QStringLiteral("frame-%1.png").arg(player_->transport().position()));
    connect(dialog, &QFileDialog::fileSelected, this, [this, dialog, pane](const QString& path) {
        const bool isCaptioned = dialog->selectedNameFilter() == dialog->nameFilters().value(1);
        const QFileInfo info(path);
        for (int i = 0; i < static_cast<int>(player_->panes().size()); ++i) {
            if (pane >= 0 && i != pane)
                continue;
            QString name = player_->panes()[static_cast<std::size_t>(i)].name;
            name.replace(QRegularExpression("[^A-Za-z0-9._-]+"), "-");
            const QString own =
                pane >= 0 ? path
                          : info.dir().filePath(info.completeBaseName() + "-" + name + ".png");
            const auto done = saveStill(i, own, isCaptioned);
            context_.showMessage(done ? tr("Written: %1").arg(own)
                                      : QString::fromStdString(done.error().message));
        }
    });
    dialog->open();
}

void VideoView::askForClip()
{
    if (player_->panes().empty() || export_->isRunning())
        return;
    auto* dialog = new QFileDialog(this, tr("Save clip"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Without loss (*.mkv)"), tr("Nearly without loss (*.mp4)")});
    dialog->setDefaultSuffix("mkv");
    dialog->selectFile("comparison.mkv");
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.section("*.", 1).chopped(1));
    });
    connect(dialog, &QFileDialog::fileSelected, this, &VideoView::saveClip);
    dialog->open();
}

void VideoView::saveClip(const QString& path)
{
    ClipExport::Request request;
    request.file = path.toStdString();
    for (std::size_t i = 0; i < player_->panes().size(); ++i) {
        const player::Pane& pane = player_->panes()[i];
        if (!pane.stream)
            continue;
        for (const Offer& offer : offers_)
            if (offer.id == pane.id)
                request.sources.push_back({clipOf(offer).path, clipOf(offer).raw,
                                           player_->paneSet().offsetOf(static_cast<int>(i)),
                                           clipOf(offer).isByOrder});
    }
    const auto& loop = player_->transport().loop();
    request.first = loop ? loop->first : 0;
    request.count = (loop ? loop->second + 1 : player_->transport().length()) - request.first;
    export_->start(request);
}

void VideoView::copyPicture(int pane)
{
    const auto picture = still(pane);
    if (!picture)
        return context_.showMessage(QString::fromStdString(picture.error().message));
    QApplication::clipboard()->setImage(*picture);
    context_.showMessage(
        tr("Copied the frame of %1").arg(player_->panes()[static_cast<std::size_t>(pane)].name));
}

void VideoView::showMenu(QPoint place, int pane)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (pane >= 0) {
        menu->addAction(tr("Copy picture"), this, [this, pane] { copyPicture(pane); });
        menu->addAction(tr("Save still…"), this, [this, pane] { askForStill(pane); });
    }
    menu->addActions(actions_);
    menu->addSeparator();
    menu->addAction(tr("Go to the worst frame"), this,
                    [this] { player_->act(player::Act::worst); });
    menu->addAction(tr("Set loop start"), this, [this] { player_->act(player::Act::loopIn); });
    menu->addAction(tr("Set loop end"), this, [this] { player_->act(player::Act::loopOut); });
    menu->addAction(tr("Clear loop"), this, [this] { player_->act(player::Act::loopClear); });
    menu->addSeparator();
    QAction* origin = menu->addAction(tr("Where from?"), this, [this] {
        figure::Figure shown;
        shown.name = "pictures";
        shown.title = title().toStdString();
        for (const RunHandle& run : done_)
            shown.recipe.runs.push_back(run->uid);
        context_.showOrigin(shown);
    });
    origin->setEnabled(!done_.empty()); // files that were opened come from no run
    menu->addAction(tr("Keys of the player"), this, &VideoView::showKeys);
    menu->popup(place);
}

void VideoView::showKeys()
{
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keys of the player"));
    auto* grid = new QGridLayout(dialog);
    grid->setContentsMargins(24, 20, 24, 20);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(6);
    const auto keys = player::keyList();
    const int half = static_cast<int>(keys.size() + 1) / 2;
    for (int i = 0; i < static_cast<int>(keys.size()); ++i) {
        auto* key = new QLabel(keys[static_cast<std::size_t>(i)].first, dialog);
        key->setProperty("role", "mono");
        auto* meaning = new QLabel(keys[static_cast<std::size_t>(i)].second, dialog);
        const int column = i < half ? 0 : 3;
        grid->addWidget(key, i % half, column);
        grid->addWidget(meaning, i % half, column + 1);
    }
    grid->setColumnMinimumWidth(2, 24);
    dialog->open();
}

} // namespace vitrine::video_plugin
