package outgraph

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"sync"
	"time"
)

// EntryID is the id of an entry, and its idempotency key: a UUIDv7, so it carries a time and sorts
// by it. The zero EntryID means "none": an append without an id gets one made for it.
type EntryID [16]byte

var uuidV7 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// idTimeMax is the last millisecond that fits the 48 bits of a UUIDv7.
const idTimeMax = 1<<48 - 1

// The ids of one process only grow: what the next one must be above.
var lastID struct {
	sync.Mutex
	ms      int64
	counter uint16
}

// NewEntryID returns a new id that carries the present time and is greater than every id that this
// process made before.
//
// Within one millisecond the 12 bits after the version count up from a random start (RFC 9562 §6.2,
// method 1); when they run out, the time part runs ahead by a millisecond.
func NewEntryID() EntryID { return newEntryID(time.Now().UnixMilli()) }

func newEntryID(now int64) EntryID {
	var random [10]byte
	_, _ = rand.Read(random[:]) // Go ends the program when the system gives no randomness
	lastID.Lock()
	defer lastID.Unlock()
	if now > lastID.ms {
		lastID.ms = now
		lastID.counter = binary.BigEndian.Uint16(random[:]) & 0x7ff
	} else if lastID.counter++; lastID.counter > 0xfff {
		lastID.ms++
		lastID.counter = 0
	}
	return formID(lastID.ms, lastID.counter, random[2:])
}

// EntryIDFor returns the id of something that has a time and a name of its own, such as a job: the
// same two always give the same id, in every language. The time must not change between retries: a
// job's creation, not now. It counts in whole milliseconds; the 74 bits after it are the start of
// the SHA-256 of the text's UTF-8.
//
// It fails when the time is before 1970 or past the year 10889.
func EntryIDFor(created time.Time, text string) (EntryID, error) {
	ms := created.UnixMilli()
	if ms < 0 || ms > idTimeMax {
		return EntryID{}, fmt.Errorf("outgraph: a UUIDv7 cannot carry the time %s", created)
	}
	hash := sha256.Sum256([]byte(text))
	return formID(ms, binary.BigEndian.Uint16(hash[:])&0xfff, hash[2:10]), nil
}

// ParseEntryID returns the id that a text names. It fails unless the text is a UUIDv7 in lower case.
func ParseEntryID(text string) (EntryID, error) {
	var id EntryID
	if !uuidV7.MatchString(text) {
		return id, fmt.Errorf("outgraph: not a UUIDv7 in lower case: %q", text)
	}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	_, err := hex.Decode(id[:], []byte(digits))
	return id, err
}

// Time returns the time that the id carries.
func (id EntryID) Time() time.Time {
	var wide [8]byte
	copy(wide[2:], id[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(wide[:])))
}

// IsZero reports whether this is no id at all.
func (id EntryID) IsZero() bool { return id == EntryID{} }

// String returns the id as the contract writes it, in lower case; of the zero EntryID, nothing.
func (id EntryID) String() string {
	if id.IsZero() {
		return ""
	}
	digits := hex.EncodeToString(id[:])
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
}

// MarshalText is String, for JSON and logs.
func (id EntryID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is ParseEntryID; an empty text is the zero EntryID.
func (id *EntryID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = EntryID{}
		return nil
	}
	parsed, err := ParseEntryID(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// formID takes the last 62 bits from 8 bytes, whose first two bits become the variant.
func formID(ms int64, counter uint16, tail []byte) EntryID {
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], uint64(ms))
	var id EntryID
	copy(id[:6], wide[2:])
	binary.BigEndian.PutUint16(id[6:], 0x7000|counter)
	copy(id[8:], tail[:8])
	id[8] = id[8]&0x3f | 0x80
	return id
}
