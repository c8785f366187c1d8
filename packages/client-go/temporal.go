package outgraph

import (
	"time"

	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
)

// temporal is what the types of this file have in common.
type temporal interface {
	value(e *encoder, path string) *graphv1.Value
}

// A Date is a calendar date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// A LocalTime is a time of day without a zone.
type LocalTime struct{ Hour, Minute, Second, Nanosecond int }

// An OffsetTime is a time of day with an offset from UTC.
type OffsetTime struct {
	LocalTime
	// OffsetSeconds is the offset in seconds east of UTC, at most 18 hours either way.
	OffsetSeconds int
}

// A LocalDateTime is a date and time without a zone.
type LocalDateTime struct {
	Date
	LocalTime
}

// A Zoned is an instant, shown in a zone of the IANA time zone database.
type Zoned struct {
	time.Time
	// Zone is its name, such as "Europe/Berlin".
	Zone string
}

// A Period is an amount of time of which months, days and seconds are kept apart, as Neo4j keeps
// them. A time.Duration has seconds alone.
type Period struct {
	Months, Days, Seconds int64
	// Nanoseconds go on top of the seconds, also of negative ones; 0 to 999 999 999.
	Nanoseconds int32
}

// DateOf returns the date that t shows, in its own zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// LocalTimeOf returns the time of day that t shows, in its own zone.
func LocalTimeOf(t time.Time) LocalTime {
	hour, minute, second := t.Clock()
	return LocalTime{hour, minute, second, t.Nanosecond()}
}

// OffsetTimeOf returns the time of day that t shows, in its own zone, with that zone's offset.
func OffsetTimeOf(t time.Time) OffsetTime {
	_, offset := t.Zone()
	return OffsetTime{LocalTimeOf(t), offset}
}

// LocalDateTimeOf returns the date and time that t shows, in its own zone, without the zone.
func LocalDateTimeOf(t time.Time) LocalDateTime { return LocalDateTime{DateOf(t), LocalTimeOf(t)} }

func (d Date) value(e *encoder, path string) *graphv1.Value {
	days := floorDiv(e.midnight(path, d).Unix(), secondsPerDay)
	return &graphv1.Value{Kind: &graphv1.Value_DateValue{DateValue: &graphv1.Date{EpochDays: int32(days)}}}
}

func (t LocalTime) value(e *encoder, path string) *graphv1.Value {
	nanos := int64(e.sinceMidnight(path, t))
	return &graphv1.Value{Kind: &graphv1.Value_LocalTimeValue{LocalTimeValue: &graphv1.LocalTime{NanosOfDay: nanos}}}
}

func (t OffsetTime) value(e *encoder, path string) *graphv1.Value {
	at := &graphv1.Time{NanosOfDay: int64(e.sinceMidnight(path, t.LocalTime)), OffsetSeconds: int32(t.OffsetSeconds)}
	return &graphv1.Value{Kind: &graphv1.Value_TimeValue{TimeValue: at}}
}

func (t LocalDateTime) value(e *encoder, path string) *graphv1.Value {
	shown := e.midnight(path, t.Date).Add(e.sinceMidnight(path, t.LocalTime))
	at := &graphv1.LocalDateTime{EpochSeconds: shown.Unix(), Nanos: int32(shown.Nanosecond())}
	return &graphv1.Value{Kind: &graphv1.Value_LocalDateTimeValue{LocalDateTimeValue: at}}
}

func (t Zoned) value(e *encoder, path string) *graphv1.Value {
	if t.Zone == "" {
		e.refuse(path, "a Zoned needs the name of its zone")
	}
	at := &graphv1.DateTime{
		EpochSeconds: t.Unix(),
		Nanos:        int32(t.Nanosecond()),
		Zone:         &graphv1.DateTime_ZoneId{ZoneId: t.Zone},
	}
	return &graphv1.Value{Kind: &graphv1.Value_DateTimeValue{DateTimeValue: at}}
}

func (p Period) value(_ *encoder, _ string) *graphv1.Value {
	message := &graphv1.Duration{Months: p.Months, Days: p.Days, Seconds: p.Seconds, Nanos: p.Nanoseconds}
	return &graphv1.Value{Kind: &graphv1.Value_DurationValue{DurationValue: message}}
}

const (
	secondsPerDay = 24 * 60 * 60
	// Where dates end that fit into the contract's 32 bits, by far outside what Neo4j shows.
	yearMax = 5_000_000
)

// midnight counts as if the date were in UTC. time.Date would take February 30 for March 2.
func (e *encoder) midnight(path string, d Date) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	if d.Year > yearMax || d.Year < -yearMax || DateOf(t) != d {
		e.refuse(path, "no such date: %d-%d-%d", d.Year, d.Month, d.Day)
	}
	return t
}

func (e *encoder) sinceMidnight(path string, t LocalTime) time.Duration {
	in := func(value, below int) bool { return value >= 0 && value < below }
	if !in(t.Hour, 24) || !in(t.Minute, 60) || !in(t.Second, 60) || !in(t.Nanosecond, int(time.Second)) {
		e.refuse(path, "no such time of day: %d:%d:%d and %d ns", t.Hour, t.Minute, t.Second, t.Nanosecond)
	}
	return time.Duration(t.Hour)*time.Hour + time.Duration(t.Minute)*time.Minute +
		time.Duration(t.Second)*time.Second + time.Duration(t.Nanosecond)
}

func (e *encoder) instant(path string, t time.Time) *graphv1.DateTime {
	offset := 0
	if t.Location() != time.Local {
		_, offset = t.Zone()
	}
	return &graphv1.DateTime{
		EpochSeconds: t.Unix(),
		Nanos:        int32(t.Nanosecond()),
		Zone:         &graphv1.DateTime_OffsetSeconds{OffsetSeconds: int32(offset)},
	}
}

func elapsed(d time.Duration) *graphv1.Duration {
	seconds := floorDiv(int64(d), int64(time.Second))
	return &graphv1.Duration{Seconds: seconds, Nanos: int32(int64(d) - seconds*int64(time.Second))}
}

// floorDiv rounds down, also below zero.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
