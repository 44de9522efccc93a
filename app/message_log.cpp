#include "app/message_log.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTime>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/theme/icon.h"

namespace vitrine
{
namespace
{

constexpr int kLogHeight = 240;
constexpr int kMostLines = 5000;

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
    lines_->appendPlainText(QTime::currentTime().toString("HH:mm:ss  ") + line);
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
