#include "app/window/activity_bar.h"

#include <QDragEnterEvent>
#include <QMimeData>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/runs/find/runs_model.h"
#include "widgets/theme/icon.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kOpeningMs = 450;

} // namespace

ActivityBar::ActivityBar(QWidget* parent) : QFrame(parent), column_(new QVBoxLayout(this))
{
    setObjectName("activityBar");
    setFixedWidth(48);
    setAccessibleName("Pages");
    column_->setContentsMargins(3, 8, 4, 8);
    column_->setSpacing(4);
    opening_.setSingleShot(true);
    opening_.setInterval(kOpeningMs);
    connect(&opening_, &QTimer::timeout, this, [this] { emit chosen(over_); });
}

void ActivityBar::addPage(const QString& id, const QString& name, const QString& icon)
{
    QToolButton* button = makeButton(name, icon);
    button->setCheckable(true);
    pages_[id] = button;
    button->setAcceptDrops(true);
    button->installEventFilter(this);
    connect(button, &QToolButton::clicked, this, [this, id] { emit chosen(id); });
}

// Runs under the pointer open the page after a moment, so that they can be dropped on its view.
bool ActivityBar::eventFilter(QObject* watched, QEvent* event)
{
    const auto page =
        std::ranges::find_if(pages_, [&](const auto& entry) { return entry.second == watched; });
    if (page == pages_.end())
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::Drop) {
        auto* drop = static_cast<QDropEvent*>(event);
        if (!drop->mimeData()->hasFormat(kRunsMime) || page->first == "home" ||
            page->first == "runs")
            return false;
        drop->acceptProposedAction();
        opening_.stop();
        if (event->type() == QEvent::DragEnter) {
            over_ = page->first;
            opening_.start();
        } else {
            emit runsDropped(page->first, draggedRuns(*drop->mimeData()));
        }
        return true;
    }
    if (event->type() == QEvent::DragLeave)
        opening_.stop();
    return QFrame::eventFilter(watched, event);
}

void ActivityBar::addStretch()
{
    column_->addStretch(1);
}

QToolButton* ActivityBar::addButton(const QString& name, const QString& icon)
{
    return makeButton(name, icon);
}

void ActivityBar::setCurrent(const QString& id)
{
    for (const auto& [page, button] : pages_)
        button->setChecked(page == id);
}

QToolButton* ActivityBar::makeButton(const QString& name, const QString& icon)
{
    auto* button = new QToolButton(this);
    button->setProperty("kind", "activity");
    button->setIcon(theme::icon(icon));
    button->setIconSize({20, 20});
    button->setToolTip(name);
    button->setAccessibleName(name);
    column_->addWidget(button);
    return button;
}

} // namespace vitrine
