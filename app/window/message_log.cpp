#include "app/window/message_log.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QTextBlock>
#include <QTime>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/theme/icon.h"
#include "widgets/theme/shown_text.h"

namespace vitrine
{
namespace
{

constexpr int kLogHeight = 240;
constexpr int kMostLines = 5000;
constexpr std::size_t kMostLongLines = 20; // whose whole text is kept

} // namespace

MessageLog::MessageLog(QWidget* over) : QFrame(over), over_(over), lines_(new QPlainTextEdit(this))
{
    setObjectName("drawer");
    setAutoFillBackground(true);
    lines_->setReadOnly(true);
    lines_->setMaximumBlockCount(kMostLines);
    lines_->setProperty("role", "mono");
    lines_->setAccessibleName("Messages");
    lines_->setPlaceholderText("Nothing has happened yet.");
    lines_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(lines_, &QWidget::customContextMenuRequested, this, &MessageLog::showMenu);
    auto* head = new QHBoxLayout;
    auto* title = new QLabel("Messages", this);
    title->setProperty("role", "heading");
    auto* close = new QToolButton(this);
    close->setIcon(theme::icon("chevron-down"));
    close->setAccessibleName("Close messages");
    connect(close, &QToolButton::clicked, this, &MessageLog::hide);
    head->addWidget(title, 1);
    head->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(lines_, 1);
    over_->installEventFilter(this);
    hide();
}

void MessageLog::add(const QString& line)
{
    const QString stamp = QTime::currentTime().toString("HH:mm:ss  ");
    const QString shown = stamp + shownText(line);
    lines_->appendPlainText(shown);
    if (line.size() <= kLongestShown)
        return;
    long_.push_back({shown, line});
    if (long_.size() > kMostLongLines)
        long_.pop_front();
}

void MessageLog::toggle()
{
    setVisible(!isVisible());
    if (!isVisible())
        return;
    place();
    raise();
    lines_->setFocus();
}

QString MessageLog::wholeLine(const QString& shown) const
{
    for (auto known = long_.rbegin(); known != long_.rend(); ++known)
        if (known->shown == shown)
            return known->whole;
    return {};
}

void MessageLog::showMenu(QPoint place)
{
    auto* menu = lines_->createStandardContextMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString whole = wholeLine(lines_->cursorForPosition(place).block().text());
    if (!whole.isEmpty())
        menu->addAction("Copy whole message",
                        [whole] { QGuiApplication::clipboard()->setText(whole); });
    menu->popup(lines_->viewport()->mapToGlobal(place));
}

bool MessageLog::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == over_ && event->type() == QEvent::Resize)
        place();
    return QFrame::eventFilter(watched, event);
}

void MessageLog::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        return hide();
    QFrame::keyPressEvent(event);
}

void MessageLog::place()
{
    const int height = std::min(kLogHeight, over_->height() * 2 / 3);
    setGeometry(0, over_->height() - height, over_->width(), height);
}

} // namespace vitrine
