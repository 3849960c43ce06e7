package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// As much of CBOR (RFC 8949) as the messages of provisioning have.

func head(major byte, number uint64) []byte {
	first := major << 5
	switch {
	case number < 24:
		return []byte{first | byte(number)}
	case number < 1<<8:
		return []byte{first | 24, byte(number)}
	case number < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{first | 25}, uint16(number))
	case number < 1<<32:
		return binary.BigEndian.AppendUint32([]byte{first | 26}, uint32(number))
	}
	return binary.BigEndian.AppendUint64([]byte{first | 27}, number)
}

type raw []byte // encoded already

var null = raw{0xf6}

func encoded(item any) []byte {
	switch value := item.(type) {
	case raw:
		return value
	case int:
		if value < 0 {
			return head(1, uint64(-1-value))
		}
		return head(0, uint64(value))
	case []byte:
		return append(head(2, uint64(len(value))), value...)
	case string:
		return append(head(3, uint64(len(value))), value...)
	case []any:
		out := head(4, uint64(len(value)))
		for _, each := range value {
			out = append(out, encoded(each)...)
		}
		return out
	}
	panic(fmt.Sprintf("no CBOR for %T", item))
}

// Keys and values, as they come.
func pairs(items ...any) raw {
	out := head(5, uint64(len(items)/2))
	for _, each := range items {
		out = append(out, encoded(each)...)
	}
	return out
}

type reader struct{ *bytes.Reader }

func (in reader) number(extra byte) uint64 {
	if extra < 24 {
		return uint64(extra)
	}
	size := 1 << (extra - 24)
	number := uint64(0)
	for range size {
		next, err := in.ReadByte()
		demand(err == nil, "CBOR is cut off")
		number = number<<8 | uint64(next)
	}
	return number
}

// uint64, []byte, string, []any, map[uint64]any or nil.
func (in reader) item() any {
	first, err := in.ReadByte()
	demand(err == nil, "CBOR is cut off")
	if first == 0xf6 {
		return nil
	}
	number := in.number(first & 31)
	switch first >> 5 {
	case 0:
		return number
	case 2, 3:
		content := make([]byte, number)
		_, err := in.Read(content)
		demand(err == nil || number == 0, "CBOR is cut off")
		if first>>5 == 3 {
			return string(content)
		}
		return content
	case 4:
		out := []any{}
		for range number {
			out = append(out, in.item())
		}
		return out
	case 5:
		out := map[uint64]any{}
		for range number {
			key := in.item().(uint64)
			out[key] = in.item()
		}
		return out
	}
	panic("CBOR of a kind that no message has")
}

func decoded(content []byte) any {
	in := reader{bytes.NewReader(content)}
	out := in.item()
	demand(in.Len() == 0, "there is something behind the CBOR")
	return out
}
